/** `slipway __complete WORDS`: what the shells' functions ask; a line per candidate, or what the shell shall complete itself. */
import type { Command } from 'commander';
import type { Flags, Invocation, Io } from '../io.ts';
import { draw } from '../show.ts';
import { candidatesFor, type Candidate, type Source } from './candidates.ts';

/** Whoever presses a key does not wait for servers that do not answer. */
const patienceMs = 2_000;

export async function complete(program: Command, words: readonly string[], io: Io): Promise<void> {
  const { words: known, source, command } = candidatesFor(program, words);
  if (source === 'files' || source === 'folders') return draw(io, [`:${source}`]);
  const asked = source ? await askServers(source, command, { io, flags: flagsIn(words) }) : [];
  const current = words.at(-1) ?? '';
  const found: readonly Candidate[] = [...known, ...asked.map((word) => ({ word }))];
  const fitting = found.filter(({ word }) => word.startsWith(current) || known.length > 0);
  draw(io, fitting.map(lineOf));
}

/** Two blanks part the word from what it is about. */
function lineOf({ word, about }: Candidate): string {
  return about === undefined || about === '' ? word : `${word}  ${about}`;
}

async function askServers(
  source: Source,
  command: string,
  invocation: Invocation,
): Promise<readonly string[]> {
  const { namesFrom } = await import('./names.ts');
  const late = new Promise<readonly string[]>((resolve) => {
    setTimeout(() => resolve([]), patienceMs).unref();
  });
  const quiet = { ...invocation, io: { ...invocation.io, out: silent, err: silent } };
  return Promise.race([namesFrom(source, command, quiet).catch(() => []), late]);
}

function silent(): void {
  // Nothing but candidates may be printed.
}

const placeFlags = {
  '--kubeconfig': 'kubeconfig',
  '--context': 'context',
  '--nats': 'nats',
  '--temporal': 'temporal',
  '--data-dir': 'dataDir',
  '--cluster': 'cluster',
} as const satisfies Record<string, keyof Flags>;

/** Where the servers are, as far as it was typed. */
function flagsIn(words: readonly string[]): Flags {
  let flags: Flags = {};
  for (const [flag, key] of Object.entries(placeFlags)) {
    const value = valueOf(flag, words);
    if (value !== undefined) flags = { ...flags, [key]: value };
  }
  return flags;
}

function valueOf(flag: string, words: readonly string[]): string | undefined {
  const inWord = words.findLast((word) => word.startsWith(`${flag}=`));
  if (inWord !== undefined) return inWord.slice(flag.length + 1);
  const index = words.lastIndexOf(flag);
  if (index < 0) return undefined;
  return words[index + 1] === '=' ? words[index + 2] : words[index + 1];
}
