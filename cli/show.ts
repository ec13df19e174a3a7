/** The one way from a command to the person: whatever form was asked for, nothing hidden reaches the terminal. */
import { visible, visibleLines, visibleValue } from '../domain/text.ts';
import type { Flags, Invocation, Io, Screen } from './io.ts';
import { gatedLine } from './text/paint.ts';
import { yaml } from './text/yaml.ts';

/** Writes a view in the form that was asked for; what `render` and `names` are handed is visible. */
export function show<V extends object>(
  { io, flags }: Invocation,
  view: V,
  render: (view: V, screen: Screen) => readonly string[],
  names?: (view: V) => readonly string[],
): void {
  const form = formOf(flags);
  if (form) return io.out(documentOf(view, form));
  const shown = visibleValue(view);
  if (flags.output === 'name' && names) return draw(io, names(shown));
  draw(io, render(shown, screenFor(io, flags)));
}

/** Writes lines that may be coloured. */
export function draw({ out, screen }: Io, lines: readonly string[]): void {
  out(lines.map((line) => `${gatedLine(line, screen.color)}\n`).join(''));
}

/** Where nothing may be shortened the screen is as wide as need be. */
export function screenFor({ screen }: Io, { output }: Flags): Screen {
  return output === 'wide' ? { ...screen, width: Infinity, wide: true } : screen;
}

/** Writes what a deed came to: as a document, or in plain lines. */
export function answer({ io, flags }: Invocation, view: object, ...lines: string[]): void {
  const form = formOf(flags);
  io.out(form ? documentOf(view, form) : plain(lines));
}

export type DocumentForm = 'json' | 'yaml';

/** The form of a document, where a program reads the answer. */
export function formOf({ output }: Flags): DocumentForm | undefined {
  return output === 'json' || output === 'yaml' ? output : undefined;
}

/** Writes beside the answer, onto the error stream. */
export function tell({ err }: Pick<Io, 'err'>, ...lines: string[]): void {
  err(plain(lines));
}

function plain(lines: readonly string[]): string {
  return lines.map((line) => `${visible(line)}\n`).join('');
}

/** One of many documents: JSON on a line of its own, YAML after a separator. */
export function nextDocumentOf(view: object, form: DocumentForm): string {
  if (form === 'yaml') return `---\n${documentOf(view, form)}`;
  return `${visible(JSON.stringify(view))}\n`;
}

export function documentOf(view: object, form: DocumentForm): string {
  if (form === 'yaml') return `${yaml(view).join('\n')}\n`;
  return `${visibleLines(JSON.stringify(view, undefined, 2))}\n`;
}
