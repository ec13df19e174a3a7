/** `slipway up --detach`: the stack in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createReadStream, mkdirSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Say } from '../io.ts';

/**
 * Runs the same command in the background: repeats what it says until it reports that it is ready, and leaves it
 * running; answers with its exit code if it ends before.
 */
export async function upDetached(
  entry: string,
  commandArguments: readonly string[],
  dataDir: string,
  say: Say,
): Promise<number> {
  const folder = join(resolve(dataDir), 'logs');
  mkdirSync(folder, { recursive: true });
  const logFile = join(folder, 'up.log');
  const log = openSync(logFile, 'w');
  const child = spawn(process.execPath, [entry, ...commandArguments], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const exited = once(child, 'exit').then(([code]: unknown[]) => Number(code ?? 1));
  const outcome = Promise.race([exited, once(child, 'message').then(() => 'ready' as const)]);
  const over = new AbortController();
  void outcome.finally(() => over.abort());
  await follow(logFile, say, () => over.signal.aborted);
  const result = await outcome;
  if (result !== 'ready') return result;
  say(`It runs in the background; stop it with "slipway down --data-dir ${dataDir}".`);
  child.disconnect();
  child.unref();
  return 0;
}

const pollMs = 100;

/** Says each new line of the file until `isOver`, and then the rest. */
async function follow(file: string, say: Say, isOver: () => boolean): Promise<void> {
  let read = 0;
  let rest = '';
  for (let last = false; ; last = isOver()) {
    for await (const chunk of createReadStream(file, { start: read, encoding: 'utf8' })) {
      const text = String(chunk);
      read += Buffer.byteLength(text);
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach((line) => say(line));
    }
    if (last) return;
    await delay(pollMs);
  }
}
