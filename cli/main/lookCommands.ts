/** Commands that only look. */
import type { Command } from 'commander';
import { outputForms, type Flags } from '../io.ts';
import { fileOrFolder, nodeName, readableFile, repairId, wholeNumber } from './arguments.ts';
import { wideForms, withPlaces, withWatch } from './flags.ts';
import type { Run } from './run.ts';

const defaultDays = 30;
const defaultLimit = 50;
const mostDays = 36_500;
const mostReports = 1_000_000;

type DoctorFlags = Flags & { readonly bmcInventory?: string };

type WatchFlags = Flags & { readonly watch?: true };

export function addLookCommands(program: Command, run: Run): void {
  withPlaces(withWatch(program.command('status')), wideForms)
    .description('how Slipway stands in this cluster')
    .action(({ watch, ...flags }: WatchFlags) =>
      run(flags, async (invocation) => (await import('../status/run.ts')).run(invocation, watch)),
    );
  withPlaces(program.command('why'), wideForms)
    .description('what Slipway thinks of a node, what it did, and why it does not do more')
    .argument('<node>', 'name of the node', nodeName)
    .action((node: string, flags: Flags) =>
      run(flags, async (invocation) => (await import('../why/run.ts')).run(invocation, node)),
    );
  addFaults(program, run);
  withPlaces(
    program
      .command('doctor')
      .description('whether all is as it must be for Slipway to keep its promises')
      .option('--bmc-inventory <file>', 'examine this inventory, and ask each BMC', readableFile),
  ).action(({ bmcInventory, ...flags }: DoctorFlags) =>
    run(flags, async (invocation) => {
      const options = bmcInventory === undefined ? {} : { bmcInventory };
      return (await import('../doctor/run.ts')).run(invocation, options);
    }),
  );
}

type FaultFlags = WatchFlags & {
  readonly node?: string;
  readonly all?: true;
  readonly days: number;
  readonly limit: number;
};

function addFaults(program: Command, run: Run): void {
  const faults = program.command('faults').description('look at what was reported');
  withPlaces(
    withWatch(faults.command('list'))
      .description('reports of faults; with --all those of health too')
      .option('--node <node>', 'of one node', nodeName)
      .option('-a, --all', 'reports of health too')
      .option('--days <number>', 'how far to look back', wholeNumber(1, mostDays), defaultDays)
      .option('--limit <number>', 'the newest so many', wholeNumber(1, mostReports), defaultLimit),
    outputForms,
  ).action(({ node, all, days, limit, watch, ...flags }: FaultFlags) =>
    run(flags, async (invocation) => {
      const more = { ...(all && { all }), ...(watch && { watch }) };
      const of = { days, limit, ...more, ...(node !== undefined && { node }) };
      return (await import('../faults/list.ts')).run(invocation, of);
    }),
  );
}

/** `slipway policy ...`: needs no server but for `--live`. */
export function addPolicyCommands(program: Command, run: Run): void {
  const policy = program.command('policy').description('look at policies');
  withPlaces(
    policy
      .command('check')
      .description('whether policy files are right, without any engine')
      .argument('<files...>', 'policy files, or folders of them', collectedFiles)
      .option('--live', 'compare the names with what nodes carry and observers report'),
  ).action((files: readonly string[], { live, ...flags }: Flags & { readonly live?: true }) =>
    run(flags, async (invocation) =>
      (await import('../policy/check.ts')).run(invocation, files, live === true),
    ),
  );
}

/** Each is looked at when it is read, so that a wrong one is told before anything else. */
function collectedFiles(path: string, before: readonly string[] = []): readonly string[] {
  return [...before, fileOrFolder(path)];
}

type ListFlags = WatchFlags & { readonly all?: true; readonly days: number };

type ReplayFlags = Flags & { readonly policy?: string; readonly all?: true };

export function addRepairLooks(repairs: Command, run: Run): void {
  withPlaces(
    withWatch(repairs.command('list'))
      .description('open repairs; with --all the ended ones too')
      .option('-a, --all', 'ended repairs too')
      .option('--days <number>', 'how far to look back', wholeNumber(1, mostDays), defaultDays),
    outputForms,
  ).action(({ all, days, watch, ...flags }: ListFlags) =>
    run(flags, async (invocation) => {
      const of = { days, ...(all && { all }), ...(watch && { watch }) };
      return (await import('../repairs/list.ts')).run(invocation, of);
    }),
  );
  withPlaces(repairs.command('show'), wideForms)
    .description('one repair, phase by phase')
    .argument('<id>', 'id of the repair', repairId)
    .action((id: string, flags: Flags) =>
      run(flags, async (invocation) => (await import('../repairs/show.ts')).run(invocation, id)),
    );
  withPlaces(repairs.command('watch'))
    .description('the same, live, until the repair has ended')
    .argument('<id>', 'id of the repair', repairId)
    .action((id: string, flags: Flags) =>
      run(flags, async (invocation) => (await import('../repairs/watch.ts')).run(invocation, id)),
    );
  withPlaces(
    repairs
      .command('replay')
      .description('what this version, or another policy, would decide at each recorded point')
      .argument('<id>', 'id of the repair', repairId)
      .option('--policy <file>', "ask this policy instead of the repair's own", readableFile)
      .option('-a, --all', 'decisions that are the same too'),
  ).action((id: string, { policy, all, ...flags }: ReplayFlags) =>
    run(flags, async (invocation) => {
      const options = { ...(all && { all }), ...(policy !== undefined && { policy }) };
      return (await import('../repairs/replay.ts')).run(invocation, id, options);
    }),
  );
}
