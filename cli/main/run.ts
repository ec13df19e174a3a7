/** Runs one command and keeps what it ends with. */
import type { Change } from '../change.ts';
import { failure, showFailure } from '../failure.ts';
import type { ChangeFlags } from './flags.ts';
import type { Exit, Flags, Invocation, Io } from '../io.ts';

/** The same, for what changes something: without a reason nothing is even looked at. */
export function changeRunner(io: Io, onExit: (exit: Exit) => void): RunChange {
  const run = runner(io, onExit);
  return async ({ reason, dryRun, yes, ...flags }, work) => {
    if (reason === undefined || reason.trim() === '') {
      return onExit(showFailure({ io }, failure('reasonMissing', 'No reason was given.')));
    }
    const change = { reason, ...(dryRun && { dryRun }), ...(yes && { yes }) };
    return run(flags, (invocation) => work(invocation, change));
  };
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
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      onExit(showFailure(invocation, failure('unexpected', `Something unforeseen: ${text}`)));
    }
  };
}
