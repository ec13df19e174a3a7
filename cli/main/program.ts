/** The command line as a whole; every command loads its own code only when it is called. */
import { Command } from 'commander';
import type { Exit, Flags, Io } from '../io.ts';
import { formOf } from '../show.ts';
import { addChangeCommands, addDeadCommands, addRepairChanges } from './changeCommands.ts';
import { addCompletionCommand } from './completionCommand.ts';
import { addEngineCommand } from './engineCommand.ts';
import { addLookCommands, addPolicyCommands, addRepairLooks } from './lookCommands.ts';
import { changeRunner, runner } from './run.ts';
import { codeVersion } from '../version.ts';
import { addStackCommands } from './stackCommands.ts';

const helpWidth = 80;

export function createProgram(io: Io, onExit: (exit: Exit) => void, flags: Flags = {}): Command {
  const look = runner(io, onExit);
  const change = changeRunner(io, onExit);
  const program = new Command('slipway')
    .description('Heals the nodes of Kubernetes clusters, one careful step at a time.')
    .version(codeVersion)
    .configureHelp({ helpWidth })
    .configureOutput({
      writeOut: io.out,
      // A program that reads documents is told of a mistake by a document alone.
      writeErr: (text) => (formOf(flags) ? undefined : io.err(text)),
      outputError: () => undefined,
    })
    .exitOverride();
  addLookCommands(program, look);
  const repairs = program.command('repairs').description('look at repairs and steer them');
  addRepairLooks(repairs, look);
  addRepairChanges(repairs, change);
  addPolicyCommands(program, look);
  addChangeCommands(program, change);
  addDeadCommands(program, look, change);
  addStackCommands(program, io);
  addEngineCommand(program, io);
  addCompletionCommand(program, io);
  return program;
}
