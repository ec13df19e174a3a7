/** The command `completion`. */
import { Argument, type Command } from 'commander';
import { completionScript, shells, type Shell } from '../completion/scripts.ts';
import type { Io } from '../io.ts';

/** Adds `completion`. */
export function addCompletionCommand(program: Command, io: Io): void {
  program
    .command('completion')
    .description('print what makes a shell complete the words of slipway')
    .addArgument(new Argument('<shell>', 'name of the shell').choices(shells))
    .action((shell: Shell) => io.out(completionScript(shell)));
}
