/** Runs one command and keeps what it ends with. */
import { failure, showFailure } from '../failure.ts';
import type { Exit, Flags, Invocation, Io } from '../io.ts';

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
