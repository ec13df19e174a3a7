/** Runs one command and keeps what it ends with. */
import type { Change } from '../change.ts';
import { failure, showFailure } from '../failure.ts';
import type { ChangeFlags } from './flags.ts';
import type { Exit, Flags, Invocation, Io } from '../io.ts';

/** What the journal keeps of a reason. */
const longestReason = 1_000;

/** The same, for what changes something: without a reason nothing is even looked at. */
export function changeRunner(io: Io, onExit: (exit: Exit) => void): RunChange {
  const run = runner(io, onExit);
  return async ({ reason = '', dryRun, yes, ...flags }, work) => {
    const mistake = reasonMistake(reason);
    if (mistake) return onExit(showFailure({ io, flags }, mistake));
    const change = { reason, ...(dryRun && { dryRun }), ...(yes && { yes }) };
    return run(flags, (invocation) => work(invocation, change));
  };
}

function reasonMistake(reason: string): ReturnType<typeof failure> | undefined {
  if (reason.trim() === '') return failure('reasonMissing', 'No reason was given.');
  if (reason.length <= longestReason) return undefined;
  return failure('usage', `The reason is longer than ${longestReason} characters.`);
}

export type RunChange = (
  flags: ChangeFlags,
  work: (invocation: Invocation, change: Change) => Promise<Exit>,
) => Promise<void>;

export type Run = (flags: Flags, work: (invocation: Invocation) => Promise<Exit>) => Promise<void>;

export function runner(io: Io, onExit: (exit: Exit) => void): Run {
  return async (flags, work) => {
    const invocation = { io, flags };
    try {
      onExit(await work(invocation));
    } catch (error) {
      onExit(showFailure(invocation, unforeseen(error)));
    }
  };
}

/** With the trace, which a report of the defect needs. */
export function unforeseen(error: unknown): ReturnType<typeof failure> {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const [first = '', ...more] = text.split('\n').map((line) => line.trim());
  return { ...failure('unexpected', `Something unforeseen: ${first}`), more };
}
