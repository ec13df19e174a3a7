/** Whatever happens to an engine, each line it writes is one JSON object; Temporal's, Node's and libraries' words included. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { waitFor } from '../../embedded/waitFor.ts';
import { useStack } from '../support/stack.ts';

const stack = useStack({ mode: 'observe' });
const entry = fileURLToPath(new URL('../../bin/slipway.ts', import.meta.url));

/** Loaded before the engine: on each SIGUSR2 something else prints, warns, or fails unseen. */
const mischief = `data:text/javascript,${encodeURIComponent(`
  const deeds = [
    () => console.log('printed by a library\\n\\u001B[31mraw'),
    () => process.emitWarning('of a new kind', 'TestWarning'),
    () => void Promise.reject(new Error('nobody\\ncatches me')),
  ];
  process.on('SIGUSR2', () => deeds.shift()?.());
`)}`;

test('each line of its log is one JSON object, to the very end', async () => {
  const { engineConfig } = stack().state;
  const words = ['--import', mischief, entry, 'engine', '--config', engineConfig];
  const engine = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [engine.stdout, engine.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => void (output += text));
  const ended = new Promise<number | null>((resolve) => engine.once('close', resolve));
  const until = async (text: string): Promise<void> => {
    const found = await waitFor(() => output.includes(text) || undefined, { deadlineMs: 60_000 });
    if (!found) throw new Error(`"${text}" was never written, but: ${output}`);
  };

  await until('engine ready');
  await stack().child('temporal').stop();
  await until('"from":"temporal"');
  await stack().child('nats').stop();
  await stack().child('temporal').start();
  await stack().child('nats').start();
  engine.kill('SIGUSR2');
  await until('"text":"printed by a library');
  engine.kill('SIGUSR2');
  await until('TestWarning');
  engine.kill('SIGUSR2');
  expect(await ended).toBe(1);

  const lines = output.trimEnd().split('\n').map(parsed);
  expect(lines.filter((line) => typeof line === 'string')).toEqual([]);
  expect(lines.at(-1)).toMatchObject({ level: 'error', origin: 'unhandledRejection' });
  expect(output.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
}, 180_000);

/** The text itself, where it is no object. */
function parsed(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' ? value : line;
  } catch {
    return line;
  }
}
