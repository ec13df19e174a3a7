/** The permit ledger on the hub: grants by compare-and-set, in batches, and fails closed (ADR 11). */
import { adoptions, decide } from '../domain/guard/decide.ts';
import { evolve } from '../domain/guard/evolve.ts';
import { emptyLedger } from '../domain/guard/types.ts';
import type { Applicant, GuardAnswer, Ledger } from '../domain/guard/types.ts';
import type { NodeFacts } from '../domain/node.ts';
import type { ReasonCode } from '../domain/vocabulary/reasons.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import { shared } from '../std/shared.ts';
import type { Bucket, Made } from '../event-hub/index.ts';
import type { GuardRecord } from '../schemas/wire/guardRecord.ts';

export const ledgerKey = 'ledger';
const waiterPrefix = 'waiter.';

export type GuardOptions = {
  readonly bucket: Bucket<GuardRecord>;
  /** Every node of the cluster, at most ten seconds old; undefined if that cannot be had. */
  readonly nodes: () => Promise<readonly NodeFacts[] | undefined>;
  readonly clock: () => EpochMs;
};

export type Guard = {
  readonly request: (applicant: Applicant) => Promise<GuardAnswer>;
  readonly preview: (applicant: Applicant) => Promise<GuardAnswer>;
  readonly release: (
    repairId: string,
  ) => Promise<{ readonly ok: true; readonly value: void } | NoLedger>;
  readonly holds: (
    repairId: string,
  ) => Promise<{ readonly ok: true; readonly value: boolean } | NoLedger>;
  readonly read: () => Promise<{ readonly ok: true; readonly value: Ledger } | NoLedger>;
};

type NoLedger = { readonly ok: false; readonly why: string };
type ReadLedger = { readonly ok: true; readonly ledger: Ledger };
/** Why nothing is granted to anybody. */
type Unreadable = 'ledger-unreadable' | 'nodes-unreadable';
type WaitingApplicant = {
  readonly applicant: Applicant;
  readonly answer: (answer: GuardAnswer) => void;
};

export function createGuard(options: GuardOptions): Guard {
  const queue: WaitingApplicant[] = [];
  const readOnce = shared(() => readLedger(options));
  let pumping = false;
  /** One batch at a time: whoever asks meanwhile is answered by the next. */
  const pump = async (): Promise<void> => {
    pumping = true;
    while (queue.length > 0) {
      const batch = queue.splice(0);
      const answers = await grant(
        options,
        batch.map(({ applicant }) => applicant),
      );
      for (const [index, { answer, applicant }] of batch.entries()) {
        answer(answers[index] ?? closed(applicant, 'ledger-unreadable'));
      }
    }
    pumping = false;
  };
  return {
    request: (applicant) =>
      new Promise((answer) => {
        queue.push({ applicant, answer });
        if (!pumping) void pump();
      }),
    preview: (applicant) => preview(options, applicant),
    release: (repairId) => release(options, repairId),
    holds: async (repairId) => {
      const held = await readOnce();
      if (!held.ok) return held;
      return {
        ok: true,
        value: held.ledger.permits.some((permit) => permit.repairId === repairId),
      };
    },
    read: async () => {
      const held = await readLedger(options);
      return held.ok ? { ok: true, value: held.ledger } : held;
    },
  };
}

async function grant(
  options: GuardOptions,
  applicants: readonly Applicant[],
): Promise<readonly GuardAnswer[]> {
  const changed = await options.bucket.change(ledgerKey, (record) =>
    judge(options, applicants, record),
  );
  if (changed.kind !== 'changed') return closedToAll(applicants, 'ledger-unreadable');
  const answers = changed.result;
  await Promise.all(answers.map((answer, index) => noteWaiter(options, answer, applicants[index])));
  return answers;
}

/** The ledger is read before the nodes: what changes in between makes the write fail (ADR 11). */
async function judge(
  { nodes: readNodes, clock }: GuardOptions,
  applicants: readonly Applicant[],
  record: GuardRecord | undefined,
): Promise<Made<GuardRecord, readonly GuardAnswer[]>> {
  const former = ledgerOf(record);
  if (!former) return unchanged(record, closedToAll(applicants, 'ledger-unreadable'));
  const nodes = await readNodes();
  if (!nodes) return unchanged(record, closedToAll(applicants, 'nodes-unreadable'));
  const now = clock();
  const adopted = adopt(former, nodes, now);
  const { ledger, answers } = decide({ ledger: adopted, nodes }, applicants, now);
  return ledger === former
    ? unchanged(record, answers)
    : { value: { kind: 'ledger', ledger }, result: answers };
}

/** After a start, marks without a permit count as permits before anything is granted. */
function adopt(ledger: Ledger, nodes: readonly NodeFacts[], now: EpochMs): Ledger {
  return adoptions({ ledger, nodes }, now).reduce(
    (grown, permit) => evolve(grown, { kind: 'granted', permit }),
    ledger,
  );
}

function closedToAll(applicants: readonly Applicant[], reason: Unreadable): readonly GuardAnswer[] {
  return applicants.map((applicant) => closed(applicant, reason));
}

/** A waiter has a key of its own, so that a release can wake it without reading the ledger of others. */
async function noteWaiter(
  { bucket, clock }: GuardOptions,
  answer: GuardAnswer,
  applicant: Applicant | undefined,
): Promise<void> {
  if (answer.kind !== 'refused' || !applicant || isClosed(answer.reason)) return;
  const { repairId, node } = applicant;
  const waiter = { kind: 'waiter', repairId, node, reason: answer.reason, since: clock() } as const;
  await bucket.create(waiterPrefix + repairId, waiter);
}

function isClosed(reason: ReasonCode): reason is Unreadable {
  return reason === 'ledger-unreadable' || reason === 'nodes-unreadable';
}

async function preview(options: GuardOptions, applicant: Applicant): Promise<GuardAnswer> {
  const held = await readLedger(options);
  if (!held.ok) return closed(applicant, 'ledger-unreadable');
  const nodes = await options.nodes();
  if (!nodes) return closed(applicant, 'nodes-unreadable');
  const { answers } = decide({ ledger: held.ledger, nodes }, [applicant], options.clock());
  return answers[0] ?? closed(applicant, 'ledger-unreadable');
}

const notALedger: NoLedger = { ok: false, why: 'the permit ledger holds something else' };

async function readLedger({ bucket }: GuardOptions): Promise<ReadLedger | NoLedger> {
  const found = await bucket.get(ledgerKey);
  if (found.kind !== 'found' && found.kind !== 'absent')
    return { ok: false, why: `the permit ledger cannot be read: ${found.why}` };
  const ledger = ledgerOf(found.kind === 'found' ? found.value : undefined);
  return ledger ? { ok: true, ledger } : notALedger;
}

function closed({ repairId }: Applicant, reason: Unreadable): GuardAnswer {
  return { kind: 'refused', repairId, reason, out: 0, limit: 0 };
}

async function release(
  { bucket }: GuardOptions,
  repairId: string,
): Promise<{ readonly ok: true; readonly value: void } | NoLedger> {
  await bucket.remove(waiterPrefix + repairId);
  const changed = await bucket.change(ledgerKey, (record) => without(record, repairId));
  if (changed.kind !== 'changed')
    return { ok: false, why: `the permit ledger could not be changed: ${changed.why}` };
  return changed.result ? { ok: true, value: undefined } : notALedger;
}

/** The result tells whether there was a ledger. */
function without(record: GuardRecord | undefined, repairId: string): Made<GuardRecord, boolean> {
  const former = ledgerOf(record);
  if (!former) return unchanged(record, false);
  const ledger = evolve(former, { kind: 'released', repairId });
  const isSame = ledger.permits.length === former.permits.length;
  return isSame ? unchanged(record, true) : { value: { kind: 'ledger', ledger }, result: true };
}

/** Undefined: the record is something else. */
function ledgerOf(record: GuardRecord | undefined): Ledger | undefined {
  if (!record) return emptyLedger;
  return record.kind === 'ledger' ? record.ledger : undefined;
}

function unchanged<Result>(
  value: GuardRecord | undefined,
  result: Result,
): Made<GuardRecord, Result> {
  return { value, result };
}
