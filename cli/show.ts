/** Writes a view: as its JSON, or as the screen that a renderer makes of it. */
import type { Invocation, Screen } from './io.ts';

export function show(
  { io, flags }: Invocation,
  view: object,
  render: (screen: Screen) => readonly string[],
): void {
  if (flags.output === 'json') io.out(`${JSON.stringify(view, undefined, 2)}\n`);
  else io.out(`${render(io.screen).join('\n')}\n`);
}
