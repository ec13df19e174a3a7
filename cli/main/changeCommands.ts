/** Commands that change something; each asks first, and records who and why. */
import type { Command } from 'commander';
import { outputForms, type Flags } from '../io.ts';
import { checkName, nodeName, repairId, wholeNumber } from './arguments.ts';
import { withChange, withPlaces, withWatch, type ChangeFlags } from './flags.ts';
import type { Run, RunChange } from './run.ts';

export function addChangeCommands(program: Command, run: RunChange): void {
  addNodeChanges(program, run);
  addPause(program, run);
}

function addNodeChanges(program: Command, run: RunChange): void {
  changing(program.command('hold'))
    .description("keep a node out of Slipway's hands")
    .argument('<node>', 'name of the node', nodeName)
    .action((node: string, flags: ChangeFlags) =>
      run(flags, async (invocation, change) =>
        (await import('../nodes/hold.ts')).hold(invocation, node, change),
      ),
    );
  changing(program.command('unhold'))
    .description('give a node back to Slipway')
    .argument('<node>', 'name of the node', nodeName)
    .action((node: string, flags: ChangeFlags) =>
      run(flags, async (invocation, change) =>
        (await import('../nodes/hold.ts')).unhold(invocation, node, change),
      ),
    );
  changing(program.command('inject').option('--clear', 'make it healthy again'))
    .description('make a node of the local stack look faulty')
    .argument('<node>', 'name of the node', nodeName)
    .argument('<check>', 'condition to set, such as KernelDeadlock', checkName)
    .action((node: string, check: string, flags: ChangeFlags & { readonly clear?: true }) =>
      run(flags, async (invocation, change) => {
        const injection = { node, check, ...(flags.clear && { clear: flags.clear }) };
        return (await import('../nodes/inject.ts')).run(invocation, injection, change);
      }),
    );
}

function addPause(program: Command, run: RunChange): void {
  changing(program.command('pause'))
    .description('begin no new act in the whole cluster')
    .action((flags: ChangeFlags) =>
      run(flags, async (invocation, change) =>
        (await import('../nodes/pause.ts')).pause(invocation, change),
      ),
    );
  changing(program.command('resume'))
    .description('act again after a pause')
    .action((flags: ChangeFlags) =>
      run(flags, async (invocation, change) =>
        (await import('../nodes/pause.ts')).resume(invocation, change),
      ),
    );
}

export function addRepairChanges(repairs: Command, run: RunChange): void {
  changing(repairs.command('cancel'))
    .description('stop a repair and undo what can be undone')
    .argument('<id>', 'id of the repair', repairId)
    .action((id: string, flags: ChangeFlags) =>
      run(flags, async (invocation, change) =>
        (await import('../repairs/cancel.ts')).run(invocation, id, change),
      ),
    );
  addAgain(repairs, run, 'continue', 'take a handed-over repair up with its next rung');
  addAgain(repairs, run, 'rerun', 'take a handed-over repair up from its first rung');
}

function addAgain(
  repairs: Command,
  run: RunChange,
  way: 'continue' | 'rerun',
  description: string,
): void {
  changing(repairs.command(way).option('--wait', 'also if it has to wait for its turn'))
    .description(description)
    .argument('<id>', 'id of the repair', repairId)
    .action((id: string, flags: ChangeFlags & { readonly wait?: true }) =>
      run(flags, async (invocation, change) => {
        const options = { ...change, way, ...(flags.wait && { wait: flags.wait }) };
        return (await import('../repairs/again.ts')).run(invocation, id, options);
      }),
    );
}

export function addDeadCommands(program: Command, look: Run, run: RunChange): void {
  const dead = program.command('dead').description('messages that were set aside');
  withPlaces(withWatch(dead.command('list')), outputForms)
    .description('what was set aside, and why')
    .action(({ watch, ...flags }: Flags & { readonly watch?: true }) =>
      look(flags, async (invocation) => (await import('../dead/list.ts')).run(invocation, watch)),
    );
  changing(dead.command('requeue'))
    .description('have a report handled again, with its own place and order')
    .argument('<number>', 'number of the message, or all', numberOrAll)
    .action((which: number | 'all', flags: ChangeFlags) =>
      run(flags, async (invocation, change) =>
        (await import('../dead/requeue.ts')).run(invocation, which, change),
      ),
    );
}

function numberOrAll(text: string): number | 'all' {
  return text === 'all' ? text : wholeNumber(1, Number.MAX_SAFE_INTEGER)(text);
}

function changing(command: Command): Command {
  return withPlaces(withChange(command));
}
