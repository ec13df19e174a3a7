/** The ledger over a bucket in memory: batches, waiters and what is unreadable. Who gets a permit is in test/unit/domain. */
import { describe, expect, test } from 'vitest';
import type { Applicant } from '../../../domain/guard/types.ts';
import type { NodeFacts } from '../../../domain/node.ts';
import { createGuard, ledgerKey } from '../../../guard/ledger.ts';
import { parseGuardRecord } from '../../../schemas/wire/guardRecord.ts';
import { fakeBucket } from '../../support/fakes/bucket.ts';
import { at, policy } from '../../support/given.ts';
import { isolatedBy, nodeFacts } from '../../support/nodes.ts';

const all = Array.from({ length: 20 }, (_, n) => nodeFacts({ name: `n-${n}`, uid: `u-${n}` }));

function start(nodes: () => readonly NodeFacts[] | undefined = () => all) {
  const bucket = fakeBucket(parseGuardRecord);
  const guard = createGuard({ bucket, nodes: async () => nodes(), clock: () => at(0) });
  return { bucket, guard };
}

function applicant(n: number, repairId = `r-${n}`): Applicant {
  return { repairId, node: `n-${n}`, nodeUid: `u-${n}`, limits: policy().guard };
}

function kindsOf(answers: readonly { readonly kind: string }[]): readonly string[] {
  return answers.map(({ kind }) => kind);
}

describe('given many who ask at once', () => {
  test('no more are granted than the limit, with one write for all that came while one was under way', async () => {
    const { bucket, guard } = start();
    const answers = await Promise.all([0, 1, 2, 3].map((n) => guard.request(applicant(n))));
    expect(kindsOf(answers)).toEqual(['granted', 'granted', 'refused', 'refused']);
    const ledger = await guard.read();
    expect(ledger).toMatchObject({ ok: true, value: { permits: [{}, {}] } });
    // Two writes of the ledger, and a place for each of the two who wait.
    expect(bucket.writes()).toBe(4);
  });

  test('who asks again keeps the permit, and nothing is written', async () => {
    const { bucket, guard } = start();
    await guard.request(applicant(0));
    const writes = bucket.writes();
    expect(await guard.request(applicant(0))).toMatchObject({ kind: 'granted' });
    expect(bucket.writes()).toBe(writes);
  });

  test('what another engine grants meanwhile counts', async () => {
    const { bucket, guard } = start();
    const other = createGuard({ bucket, nodes: async () => all, clock: () => at(0) });
    const answers = await Promise.all(
      [0, 1, 2].map((n) => (n % 2 ? other : guard).request(applicant(n))),
    );
    expect(kindsOf(answers).filter((kind) => kind === 'granted')).toHaveLength(2);
  });
});

describe('given a permit', () => {
  test('it is held until it is given back, and then another gets it', async () => {
    const { guard } = start();
    await Promise.all([0, 1].map((n) => guard.request(applicant(n))));
    expect(await guard.holds('r-0')).toEqual({ ok: true, value: true });
    expect(await guard.preview(applicant(2))).toMatchObject({ reason: 'budget-full' });
    expect(await guard.release('r-0')).toEqual({ ok: true, value: undefined });
    expect(await guard.holds('r-0')).toEqual({ ok: true, value: false });
    expect(await guard.request(applicant(2))).toMatchObject({ kind: 'granted' });
  });

  test('nothing to give back is fine, and writes nothing', async () => {
    const { bucket, guard } = start();
    expect(await guard.release('r-0')).toEqual({ ok: true, value: undefined });
    expect(bucket.writes()).toBe(0);
  });

  test('a mark that no permit stands for is adopted before the first grant', async () => {
    const marked = isolatedBy('r-marked', { name: 'n-19', uid: 'u-19' });
    const { guard } = start(() => [...all.slice(0, 19), marked]);
    expect(await guard.request(applicant(0))).toMatchObject({ kind: 'granted', out: 1 });
    expect(await guard.holds('r-marked')).toEqual({ ok: true, value: true });
  });
});

describe('given what cannot be read', () => {
  const closed = { kind: 'refused', repairId: 'r-0', out: 0, limit: 0 };

  test('without nodes nobody is granted anything, and nobody waits', async () => {
    const { bucket, guard } = start(() => undefined);
    const reason = 'nodes-unreadable';
    expect(await guard.request(applicant(0))).toEqual({ ...closed, reason });
    expect(await guard.preview(applicant(0))).toEqual({ ...closed, reason });
    expect(bucket.writes()).toBe(0);
  });

  test('without the hub nobody is granted anything', async () => {
    const { bucket, guard } = start();
    bucket.cut();
    const reason = 'ledger-unreadable';
    expect(await guard.request(applicant(0))).toEqual({ ...closed, reason });
    expect(await guard.preview(applicant(0))).toEqual({ ...closed, reason });
    const why = expect.stringContaining('cannot be read');
    expect(await guard.holds('r-0')).toEqual({ ok: false, why });
    expect(await guard.read()).toEqual({ ok: false, why });
    expect(await guard.release('r-0')).toMatchObject({ ok: false });
  });

  test.each(['not json', '{"kind":"ledger","ledger":{"version":2}}'])(
    'a ledger that is %s grants nothing and is not overwritten',
    async (text) => {
      const { bucket, guard } = start();
      bucket.spoil(ledgerKey, text);
      expect(await guard.request(applicant(0))).toMatchObject({ reason: 'ledger-unreadable' });
      expect(await guard.release('r-0')).toMatchObject({ ok: false });
      expect(bucket.writes()).toBe(1);
    },
  );

  test('a record of another kind under the key of the ledger is none', async () => {
    const { bucket, guard } = start();
    bucket.spoil(ledgerKey, '{"kind":"other"}');
    const why = 'the permit ledger holds something else';
    expect(await guard.request(applicant(0))).toMatchObject({ reason: 'ledger-unreadable' });
    expect(await guard.holds('r-0')).toEqual({ ok: false, why });
    expect(await guard.release('r-0')).toEqual({ ok: false, why });
    expect(bucket.writes()).toBe(1);
  });
});
