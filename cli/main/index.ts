import { CommanderError } from 'commander';
import { exits, type Exit, type Io } from '../io.ts';
import { createProgram } from './program.ts';
import { terminalIo } from './terminal.ts';

/** A connection that does not end by itself must not keep a finished command alive. */
const lingerMs = 2_000;

/** Runs one command line, the words after the program's name; sets the exit code of the process. */
export const runOnTerminal = async (words: readonly string[]): Promise<void> => {
  const exit = await runCommand(words, terminalIo());
  if (exit !== undefined) process.exitCode = exit;
  setTimeout(() => process.exit(), lingerMs).unref();
};

/** Answers what to exit with; undefined where the command set the exit code of the process itself. */
export const runCommand = async (words: readonly string[], io: Io): Promise<Exit | undefined> => {
  let ended: Exit | undefined;
  const program = createProgram(io, (exit) => {
    ended = exit;
  });
  try {
    await program.parseAsync([...words], { from: 'user' });
    return ended;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exits.done : exits.usage;
  }
};
