/** The command line as a person uses it: its exit code and its two streams. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import type { Io } from '../../cli/io.ts';
import { runCommand } from '../../cli/main/index.ts';
import { cliOutputSchema } from '../../schemas/wire/cliOutput.ts';

const entry = fileURLToPath(new URL('../../bin/slipway.ts', import.meta.url));

export type Ended = { readonly code: number; readonly out: string; readonly err: string };

/** A process of its own: dear, so only where the process is what is tested. */
export function spawned(
  words: readonly string[],
  env: NodeJS.ProcessEnv = {},
  output: 'pipe' | number = 'pipe',
): Promise<Ended> {
  const child = spawn(process.execPath, [entry, ...words], {
    env: { ...bareEnvironment(), ...env },
    stdio: ['ignore', output, 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk: Buffer) => void (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => void (err += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? -1, out, err }));
  });
}

type Output = z.infer<typeof cliOutputSchema>;

/** What `-o json` printed, with the exit code. */
export async function jsonOf<K extends Output['kind']>(
  kind: K,
  words: readonly string[],
): Promise<Extract<Output, { kind: K }> & { readonly exit: number }> {
  const ended = await cli([...words, '-o', 'json']);
  return { ...outputOf(ended, kind), exit: ended.code };
}

/** The same command line within this process. */
export async function cli(words: readonly string[]): Promise<Ended> {
  let out = '';
  let err = '';
  const io: Io = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    screen: { width: Infinity, height: 24, color: false, live: false },
    calledAs: 'slipway',
    env: bareEnvironment(),
    now: () => Date.now(),
    interrupted: new AbortController().signal,
  };
  const code = await runCommand(words, io);
  return { code: code ?? -1, out, err };
}

/** The environment without anything that says where servers are. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => name !== 'KUBECONFIG' && !name.startsWith('SLIPWAY_') && !name.startsWith('npm_'),
  );
  return Object.fromEntries(kept);
}

/** The JSON it printed, held to the published schema and narrowed to the kind that the test needs. */
export function outputOf<K extends Output['kind']>(
  { code, out, err }: Ended,
  kind: K,
): Extract<Output, { kind: K }> {
  if (out === '') throw new Error(`nothing was printed; it ended with ${code}: ${err}`);
  const output = cliOutputSchema.parse(JSON.parse(out));
  if (output.kind !== kind) throw new Error(`${kind} wanted, but it printed ${output.kind}`);
  return output as Extract<Output, { kind: K }>;
}
