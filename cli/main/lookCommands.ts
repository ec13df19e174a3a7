/** Commands that only look. */
import type { Command } from 'commander';
import type { Flags } from '../io.ts';
import { wholeNumber, withPlaces } from './flags.ts';
import type { Run } from './run.ts';

const defaultDays = 30;
const defaultLimit = 50;

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
  addFaults(program, run);
  withPlaces(program.command('doctor'))
    .description('whether all is as it must be for Slipway to keep its promises')
    .action((flags: Flags) =>
      run(flags, async (invocation) => (await import('../doctor/run.ts')).run(invocation)),
    );
}

type FaultFlags = Flags & {
  readonly node?: string;
  readonly all?: true;
  readonly days: number;
  readonly limit: number;
};

function addFaults(program: Command, run: Run): void {
  const faults = program.command('faults').description('look at what was reported');
  withPlaces(
    faults
      .command('list')
      .description('reports of faults; with --all those of health too')
      .option('--node <node>', 'of one node')
      .option('-a, --all', 'reports of health too')
      .option('--days <number>', 'how far to look back', wholeNumber, defaultDays)
      .option('--limit <number>', 'the newest so many', wholeNumber, defaultLimit),
  ).action(({ node, all, days, limit, ...flags }: FaultFlags) =>
    run(flags, async (invocation) => {
      const of = { days, limit, ...(all && { all }), ...(node !== undefined && { node }) };
      return (await import('../faults/list.ts')).run(invocation, of);
    }),
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
  withPlaces(repairs.command('watch'))
    .description('the same, live, until the repair has ended')
    .argument('<id>', 'id of the repair')
    .action((id: string, flags: Flags) =>
      run(flags, async (invocation) => (await import('../repairs/watch.ts')).run(invocation, id)),
    );
  withPlaces(
    repairs
      .command('replay')
      .description('what this version, or another policy, would decide at each recorded point')
      .argument('<id>', 'id of the repair')
      .option('--policy <file>', "ask this policy instead of the repair's own")
      .option('-a, --all', 'decisions that are the same too'),
  ).action((id: string, { policy, all, ...flags }: ReplayFlags) =>
    run(flags, async (invocation) => {
      const options = { ...(all && { all }), ...(policy !== undefined && { policy }) };
      return (await import('../repairs/replay.ts')).run(invocation, id, options);
    }),
  );
}

type ReplayFlags = Flags & { readonly policy?: string; readonly all?: true };
