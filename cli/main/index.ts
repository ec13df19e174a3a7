import { Command } from 'commander';
import { addEngineCommand } from './engineCommand.ts';
import { addStackCommands } from './stackCommands.ts';

/** Runs one command line, the words after the program's name; sets the exit code of the process. */
export const runOnTerminal = async (words: readonly string[]): Promise<void> => {
  const program = new Command('slipway').description(
    'Heals the nodes of Kubernetes clusters, one careful step at a time.',
  );
  addStackCommands(program);
  addEngineCommand(program);
  await program.parseAsync([...words], { from: 'user' });
};
