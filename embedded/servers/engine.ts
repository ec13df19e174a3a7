/** How the engine is started as a process of the stack. */
import { readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mode } from '../../domain/vocabulary/repair.ts';
import type { ChildSpec } from '../child.ts';

/** It gives running activities the time to end. */
const stopWithinMs = 15_000;

/** What the engine logs once it serves. */
const readyMessage = 'engine ready';

const entry = fileURLToPath(
  new URL(`../../bin/slipway${extname(import.meta.url)}`, import.meta.url),
);

/** Slipway's own engine as one more process of the stack, so that it can be killed like every other. */
export function engineSpec(dataDir: string, engineConfig: string, mode: Mode): ChildSpec<'engine'> {
  const logFile = join(dataDir, 'logs', 'engine.log');
  let oldBytes = 0;
  return {
    name: 'engine',
    command: [process.execPath, entry, 'engine', '--config', engineConfig, '--mode', mode],
    logFile,
    prepare: async () => {
      oldBytes = await stat(logFile).then(
        ({ size }) => size,
        () => 0,
      );
    },
    isReady: async () => {
      const log = await readFile(logFile);
      return log.subarray(oldBytes).includes(readyMessage);
    },
    stopWithinMs,
  };
}
