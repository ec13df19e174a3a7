import { CommanderError } from 'commander';
import { exits } from '../io.ts';
import { createProgram } from './program.ts';
import { terminalIo } from './terminal.ts';

/** Runs one command line, the words after the program's name; sets the exit code of the process. */
export const runOnTerminal = async (words: readonly string[]): Promise<void> => {
  const program = createProgram(terminalIo(), (exit) => {
    process.exitCode = exit;
  });
  try {
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? exits.done : exits.usage;
  }
};
