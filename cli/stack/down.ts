/** `slipway down`: ends a local stack. */
import { resolve } from 'node:path';
import { endStack } from '../../embedded/index.ts';
import type { Say } from '../io.ts';

/** `slipway down`: ends the stack of a data folder and keeps its data; answers with the exit code. */
export async function down(dataDir: string, say: Say): Promise<number> {
  const ended = await endStack(dataDir);
  const path = resolve(dataDir);
  say(
    ended === 'was-not-running'
      ? `No stack runs in ${path}.`
      : `The stack in ${path} is stopped; its data is kept for the next "slipway up".`,
  );
  return 0;
}
