/** What an attempt waits for, by the proof that its rung declares; `boot` has its own cases in `decide.test.ts`. */
import { describe, expect, test } from 'vitest';
import { decide } from '../../../../domain/repair/decide.ts';
import type { Proof } from '../../../../domain/repair/policy.ts';
import type { RepairOpening } from '../../../../domain/repair/types.ts';
import {
  after,
  at,
  attempted,
  finding,
  given,
  healthy,
  policy,
  report,
  rung,
  untilAttempted,
  untilMoved,
} from '../../../support/given.ts';

function provenBy(proof: Proof | undefined): Partial<RepairOpening> {
  return { policy: policy({ ladder: [rung({ proof })] }) };
}

const wellInOldBoot = [...untilAttempted, healthy(50, { sequence: 3 })];
const looked = after(610, { kind: 'looked', finding: finding() });

test('a rung that says nothing is proven by a boot, as in policies of former versions', () => {
  for (const proof of ['boot', undefined] as const)
    given(wellInOldBoot, provenBy(proof)).when(60).decides({ kind: 'look' });
  const { state } = given(wellInOldBoot);
  for (const seconds of [30, 60, 310, 700])
    expect(decide(state, policy({ ladder: [rung({ proof: 'boot' })] }), at(seconds))).toEqual(
      decide(state, policy({ ladder: [rung()] }), at(seconds)),
    );
});

describe('a rung that is proven by a report', () => {
  test('needs no new boot: the checks healthy after the attempt are enough', () => {
    given(wellInOldBoot, provenBy('report'))
      .when(60)
      .decides({ kind: 'wait', reason: 'soak', until: at(170) });
    given(wellInOldBoot, provenBy('report'))
      .when(170)
      .decides({ kind: 'conclude', outcome: 'repaired', reason: 'healed', node: 'return' });
  });

  test('believes neither the answer of its call nor a report from before', () => {
    const early = healthy(8, { sequence: 2 });
    const late = attempted({ evidenceAfter: 2, result: 'unknown' });
    given([...untilMoved, early, late], provenBy('report'))
      .when(20)
      .decides({ kind: 'wait', reason: 'evidence', until: at(30) });
  });

  test('is spent when the checks are still faulty at the end of its time', () => {
    const faulty = after(50, { kind: 'reported', report: report({ sequence: 3 }) });
    given([...untilAttempted, faulty, looked], provenBy('report'))
      .when(610)
      .decides({ kind: 'giveUpAttempt', reason: 'still-faulty', nextRung: 0, nextSpent: 1 });
  });
});

describe.each(['resource', 'person'] as const)('a rung that is proven by a %s', (proof) => {
  test('waits for it, whatever health and boots say', () => {
    given(wellInOldBoot, provenBy(proof))
      .when(20)
      .decides({ kind: 'wait', reason: 'evidence', until: at(30) });
    given(wellInOldBoot, provenBy(proof)).when(609).decides({ kind: 'look' });
  });

  test('calls a person at the end of its time, and keeps the node out', () => {
    given(wellInOldBoot, provenBy(proof)).when(610).decides({
      kind: 'conclude',
      outcome: 'escalated',
      reason: 'verification-timed-out',
      node: 'keep',
    });
  });

  test('is over at once when its driver says no', () => {
    const no = attempted({ result: 'rejected' });
    given([...untilMoved, no], provenBy(proof))
      .when(11)
      .decides({ kind: 'giveUpAttempt', reason: 'rejected-by-driver', nextRung: 0, nextSpent: 1 });
  });
});
