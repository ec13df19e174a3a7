/** Examines a whole BMC inventory against the nodes of the cluster: what a repair would find when it needs it. */
import type { NodeFacts } from '../domain/node.ts';
import { canonicalUuid, canProve, sharersOf } from '../domain/machine/identity.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import type { RedfishSystem } from '../schemas/wire/redfish.ts';
import { actionsOf } from './catalogue.ts';
import { bmcFinder, type FindBmc } from './bmc.ts';
import { inventoryReader } from './inventory.ts';
import { chooseReset } from './redfish/resetType.ts';
import { readMachine } from './redfish/system.ts';
import { talkTo, type Talk } from './redfish/talk.ts';

export type InventoryCheck = {
  readonly inventoryFile: string;
  readonly nodes: readonly NodeFacts[];
  readonly clock: () => EpochMs;
  readonly signal: AbortSignal;
  /** Told now and then how many BMCs were asked. */
  readonly onAsked: (asked: number, of: number) => void;
};

export type InventoryReport =
  | { readonly kind: 'unreadable'; readonly why: string }
  | {
      readonly kind: 'read';
      /** Entries of nodes that the cluster has. */
      readonly entries: number;
      /** Nodes whose machine could not be reset, each with the reason; in the order of the nodes, whoever answered first. */
      readonly problems: readonly { readonly node: string; readonly why: string }[];
      /** Passwords that others on this host may read. */
      readonly warnings: readonly string[];
      readonly nodesWithoutEntry: readonly string[];
      readonly entriesWithoutNode: readonly string[];
      /** Entries for which no time was left. */
      readonly notAsked: number;
    };

/** How many BMCs are asked at a time, and how long each and all of them may take. */
const atOnce = 32;
const eachMs = 5_000;
const allMs = 60_000;

export async function checkInventory(check: InventoryCheck): Promise<InventoryReport> {
  const inventory = await inventoryReader(check.inventoryFile)();
  if (!inventory.ok) return { kind: 'unreadable', why: inventory.why };
  const { entries } = inventory.value;
  const names = new Set(check.nodes.map(({ name }) => name));
  const named = check.nodes.filter(({ name }) => Object.hasOwn(entries, name));
  const warnings = new Set<string>();
  const find = bmcFinder({ ...check, onWarning: (warning) => warnings.add(warning) });
  const asked = await askAll(check, named, find);
  return {
    kind: 'read',
    entries: named.length,
    problems: named.flatMap(({ name: node }) => {
      const why = asked.get(node);
      return why === undefined ? [] : [{ node, why }];
    }),
    warnings: [...warnings],
    nodesWithoutEntry: [...names].filter((name) => !Object.hasOwn(entries, name)),
    entriesWithoutNode: Object.keys(entries).filter((name) => !names.has(name)),
    notAsked: named.length - asked.size,
  };
}

/** By node, those that were asked: what would keep its repair from a reset, undefined where nothing would. */
type AskedUuids = ReadonlyMap<string, string | undefined>;

/** A few at a time take the next one, until none is left or the time is over. */
async function askAll(
  check: InventoryCheck,
  named: readonly NodeFacts[],
  find: FindBmc,
): Promise<AskedUuids> {
  const endsAt = check.clock() + allMs;
  const byUuid = Map.groupBy(check.nodes, ({ systemUuid }) => canonicalUuid(systemUuid));
  const left = [...named];
  const asked = new Map<string, string | undefined>();
  const work = async (): Promise<void> => {
    for (;;) {
      const node = check.clock() < endsAt && !check.signal.aborted ? left.shift() : undefined;
      if (!node) return;
      const sharers = sharersOf(node, byUuid.get(canonicalUuid(node.systemUuid)) ?? []);
      asked.set(node.name, await problemOf(check, find, { node, sharers }));
      check.onAsked(asked.size, named.length);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return asked;
}

/** What would keep a repair from resetting this machine; undefined where nothing would. */
async function problemOf(
  check: InventoryCheck,
  find: FindBmc,
  about: { readonly node: NodeFacts; readonly sharers: readonly string[] },
): Promise<string | undefined> {
  const bmc = await find(about.node.name);
  if (!bmc.ok) return bmc.why;
  const own = canProve(about.node, about.sharers);
  if (!own.ok) return own.why;
  const { clock, signal } = check;
  const limits = { deadlineAt: clock() + eachMs, clock, signal };
  return talkTo(bmc.value, limits, new Set(), async (talk) => {
    const machine = await readMachine(talk, bmc.value, about);
    return machine.kind === 'known' ? noReset(talk, machine.system) : machine.why;
  });
}

/** Any of these is enough: which of them a ladder asks for is the policy's. */
const actions = actionsOf('redfish');

function noReset(talk: Talk, { resetTarget, resetTypes }: RedfishSystem): string | undefined {
  if (resetTarget === undefined || !talk.within(resetTarget))
    return 'the BMC offers no reset of this system';
  const choices = actions.map((action) => chooseReset(action, { power: undefined, resetTypes }));
  if (choices.some(({ kind }) => kind === 'send')) return undefined;
  return `the BMC offers none of ${actions.join(', ')}`;
}
