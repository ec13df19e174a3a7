/** Commands that only look. */
import type { Command } from 'commander';
import type { Flags } from '../io.ts';
import { wholeNumber, withPlaces } from './flags.ts';
import type { Run } from './run.ts';

const defaultDays = 30;

export function addLookCommands(program: Command, run: Run): void {
  withPlaces(program.command('status'))
    .description('how Slipway stands in this cluster')
    .action((flags: Flags) =>
      run(flags, async (invocation) => (await import('../status/run.ts')).run(invocation)),
    );
  withPlaces(program.command('why'))
    .description('what Slipway thinks of a node, what it did, and why it does not do more')
    .argument('<node>', 'name of the node')
    .action((node: string, flags: Flags) =>
      run(flags, async (invocation) => (await import('../why/run.ts')).run(invocation, node)),
    );
}

type ListFlags = Flags & { readonly all?: true; readonly days: number };

export function addRepairLooks(repairs: Command, run: Run): void {
  withPlaces(
    repairs
      .command('list')
      .description('open repairs; with --all the ended ones too')
      .option('-a, --all', 'ended repairs too')
      .option('--days <number>', 'how far to look back', wholeNumber, defaultDays),
  ).action(({ all, days, ...flags }: ListFlags) =>
    run(flags, async (invocation) =>
      (await import('../repairs/list.ts')).run(invocation, { days, ...(all && { all }) }),
    ),
  );
  withPlaces(repairs.command('show'))
    .description('one repair, phase by phase')
    .argument('<id>', 'id of the repair')
    .action((id: string, flags: Flags) =>
      run(flags, async (invocation) => (await import('../repairs/show.ts')).run(invocation, id)),
    );
}
