/** Commands that change something; each asks first, and records who and why. */
import type { Command } from 'commander';
import type { Change } from '../change.ts';
import type { Flags } from '../io.ts';
import { withChange, withPlaces, type ChangeFlags } from './flags.ts';
import type { Run } from './run.ts';

export function addChangeCommands(program: Command, run: Run): void {
  addNodeChanges(program, run);
  addPause(program, run);
}

function addNodeChanges(program: Command, run: Run): void {
  changing(program.command('hold'))
    .description("keep a node out of Slipway's hands")
    .argument('<node>', 'name of the node')
    .action((node: string, flags: ChangeFlags) =>
      run(flags, async (invocation) =>
        (await import('../nodes/hold.ts')).hold(invocation, node, changeOf(flags)),
      ),
    );
  changing(program.command('unhold'))
    .description('give a node back to Slipway')
    .argument('<node>', 'name of the node')
    .action((node: string, flags: ChangeFlags) =>
      run(flags, async (invocation) =>
        (await import('../nodes/hold.ts')).unhold(invocation, node, changeOf(flags)),
      ),
    );
  changing(program.command('inject').option('--clear', 'make it healthy again'))
    .description('make a node of the local stack look faulty')
    .argument('<node>', 'name of the node')
    .argument('<check>', 'condition to set, such as KernelDeadlock')
    .action((node: string, check: string, flags: ChangeFlags & { readonly clear?: true }) =>
      run(flags, async (invocation) => {
        const injection = { node, check, ...(flags.clear && { clear: flags.clear }) };
        return (await import('../nodes/inject.ts')).run(invocation, injection, changeOf(flags));
      }),
    );
}

function addPause(program: Command, run: Run): void {
  changing(program.command('pause'))
    .description('begin no new act in the whole cluster')
    .action((flags: ChangeFlags) =>
      run(flags, async (invocation) =>
        (await import('../nodes/pause.ts')).pause(invocation, changeOf(flags)),
      ),
    );
  changing(program.command('resume'))
    .description('act again after a pause')
    .action((flags: ChangeFlags) =>
      run(flags, async (invocation) =>
        (await import('../nodes/pause.ts')).resume(invocation, changeOf(flags)),
      ),
    );
}

export function addRepairChanges(repairs: Command, run: Run): void {
  changing(repairs.command('cancel'))
    .description('stop a repair and undo what can be undone')
    .argument('<id>', 'id of the repair')
    .action((id: string, flags: ChangeFlags) =>
      run(flags, async (invocation) =>
        (await import('../repairs/cancel.ts')).run(invocation, id, changeOf(flags)),
      ),
    );
}

function changing(command: Command): Command {
  return withPlaces(withChange(command));
}

function changeOf({ reason, dryRun, yes }: Flags & Change): Change {
  return {
    ...(reason !== undefined && { reason }),
    ...(dryRun && { dryRun }),
    ...(yes && { yes }),
  };
}
