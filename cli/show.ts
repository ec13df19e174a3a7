/** The one way from a command to the person: whatever form was asked for, nothing hidden reaches the terminal. */
import { visible, visibleLines, visibleValue } from '../domain/text.ts';
import type { Flags, Invocation, Io, Screen } from './io.ts';
import { gatedLine } from './text/paint.ts';

/** Writes a view: as a document, or as the screen that a renderer makes of it. The renderer is handed what is visible. */
export function show<V extends object>(
  { io, flags }: Invocation,
  view: V,
  render: (view: V, screen: Screen) => readonly string[],
): void {
  if (isDocument(flags)) return io.out(documentOf(view));
  const { screen } = io;
  draw(io, render(visibleValue(view), screen));
}

/** Writes lines that may be coloured. */
export function draw({ out, screen }: Io, lines: readonly string[]): void {
  out(lines.map((line) => `${gatedLine(line, screen.color)}\n`).join(''));
}

/** Writes what a deed came to: as a document, or in plain lines. */
export function answer({ io, flags }: Invocation, view: object, ...lines: string[]): void {
  io.out(isDocument(flags) ? documentOf(view) : plain(lines));
}

/** Writes beside the answer, onto the error stream. */
export function tell({ err }: Pick<Io, 'err'>, ...lines: string[]): void {
  err(plain(lines));
}

function plain(lines: readonly string[]): string {
  return lines.map((line) => `${visible(line)}\n`).join('');
}

/** Whether a program reads the answer. */
export function isDocument({ output }: Flags): boolean {
  return output === 'json';
}

function documentOf(view: object): string {
  return `${visibleLines(JSON.stringify(view, undefined, 2))}\n`;
}

/** A document on one line, for an answer that goes on. */
export function lineOf(view: object): string {
  return `${visible(JSON.stringify(view))}\n`;
}
