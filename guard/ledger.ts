/** The permit ledger on the hub: grants by compare-and-set, in batches, and fails closed (ADR 11). */
import { adoptions, decide } from '../domain/guard/decide.ts';
import { evolve } from '../domain/guard/evolve.ts';
import { emptyLedger } from '../domain/guard/types.ts';
import type { Applicant, GuardAnswer, Ledger } from '../domain/guard/types.ts';
import type { NodeFacts } from '../domain/node.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import type { Bucket } from '../event-hub/index.ts';
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
  ) => Promise<{ readonly ok: true; readonly value: void } | Failed>;
  readonly holds: (
    repairId: string,
  ) => Promise<{ readonly ok: true; readonly value: boolean } | Failed>;
  readonly read: () => Promise<{ readonly ok: true; readonly value: Ledger } | Failed>;
};

type Failed = { readonly ok: false; readonly why: string };
type Held = { readonly ok: true; readonly ledger: Ledger; readonly revision: number | undefined };
type Waiting = { readonly applicant: Applicant; readonly answer: (answer: GuardAnswer) => void };

const casTries = 20;

export function createGuard(options: GuardOptions): Guard {
  const queue: Waiting[] = [];
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
      const held = await readLedger(options);
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
  for (let tries = 0; tries < casTries; tries += 1) {
    const held = await readLedger(options);
    if (!held.ok) return applicants.map((applicant) => closed(applicant, 'ledger-unreadable'));
    const nodes = await options.nodes();
    if (!nodes) return applicants.map((applicant) => closed(applicant, 'nodes-unreadable'));
    const now = options.clock();
    const adopted = adopt(held.ledger, nodes, now);
    const { ledger, answers } = decide({ ledger: adopted, nodes }, applicants, now);
    if (ledger === held.ledger || (await write(options, ledger, held.revision))) {
      await Promise.all(
        answers.map((answer, index) => noteWaiter(options, answer, applicants[index])),
      );
      return answers;
    }
  }
  return applicants.map((applicant) => closed(applicant, 'ledger-unreadable'));
}

/** After a start, marks without a permit count as permits before anything is granted. */
function adopt(ledger: Ledger, nodes: readonly NodeFacts[], now: EpochMs): Ledger {
  return adoptions({ ledger, nodes }, now).reduce(
    (grown, permit) => evolve(grown, { kind: 'granted', permit }),
    ledger,
  );
}

async function preview(options: GuardOptions, applicant: Applicant): Promise<GuardAnswer> {
  const held = await readLedger(options);
  if (!held.ok) return closed(applicant, 'ledger-unreadable');
  const nodes = await options.nodes();
  if (!nodes) return closed(applicant, 'nodes-unreadable');
  const { answers } = decide({ ledger: held.ledger, nodes }, [applicant], options.clock());
  return answers[0] ?? closed(applicant, 'ledger-unreadable');
}

async function release(
  options: GuardOptions,
  repairId: string,
): Promise<{ readonly ok: true; readonly value: void } | Failed> {
  await options.bucket.remove(waiterPrefix + repairId);
  for (let tries = 0; tries < casTries; tries += 1) {
    const held = await readLedger(options);
    if (!held.ok) return held;
    const ledger = evolve(held.ledger, { kind: 'released', repairId });
    const same = ledger.permits.length === held.ledger.permits.length;
    if (same || (await write(options, ledger, held.revision)))
      return { ok: true, value: undefined };
  }
  return { ok: false, why: 'the permit ledger changed under every try to release a permit' };
}

/** A waiter has a key of its own, so that a release can wake it without reading the ledger of others. */
async function noteWaiter(
  { bucket, clock }: GuardOptions,
  answer: GuardAnswer,
  applicant: Applicant | undefined,
): Promise<void> {
  if (answer.kind !== 'refused' || !applicant) return;
  const { repairId, node } = applicant;
  const waiter = { kind: 'waiter', repairId, node, reason: answer.reason, since: clock() } as const;
  await bucket.create(waiterPrefix + repairId, waiter);
}

async function readLedger({ bucket }: GuardOptions): Promise<Held | Failed> {
  const found = await bucket.get(ledgerKey);
  switch (found.kind) {
    case 'absent':
      return { ok: true, ledger: emptyLedger, revision: undefined };
    case 'found':
      return found.value.kind === 'ledger'
        ? { ok: true, ledger: found.value.ledger, revision: found.revision }
        : { ok: false, why: 'the permit ledger holds something else' };
    default:
      return { ok: false, why: `the permit ledger cannot be read: ${found.why}` };
  }
}

async function write(
  { bucket }: GuardOptions,
  ledger: Ledger,
  revision: number | undefined,
): Promise<boolean> {
  const record = { kind: 'ledger', ledger } as const;
  const written = await (revision === undefined
    ? bucket.create(ledgerKey, record)
    : bucket.update(ledgerKey, record, revision));
  return written.kind === 'written';
}

function closed(
  { repairId }: Applicant,
  reason: 'ledger-unreadable' | 'nodes-unreadable',
): GuardAnswer {
  return { kind: 'refused', repairId, reason, out: 0, limit: 0 };
}
