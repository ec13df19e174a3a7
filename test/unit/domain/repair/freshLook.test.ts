import { describe, expect, test } from 'vitest';
import type { NodeFacts } from '../../../../domain/node.ts';
import { judge } from '../../../../domain/repair/freshLook.ts';
import type { Expectation, Purpose, Seen } from '../../../../domain/repair/freshLook.ts';
import type { CheckReport } from '../../../../domain/repair/types.ts';
import { foreignMarks, marks } from '../../../../domain/vocabulary/marks.ts';
import { fault, firstBoot, policy, repairId, report } from '../../../support/given.ts';
import { isolatedBy, nodeFacts, taint } from '../../../support/nodes.ts';

const well = report({ verdict: 'healthy' });
const ours = isolatedBy(repairId);
function mark(text: object) {
  return { [marks.isolation]: JSON.stringify(text) };
}

function look(
  purpose: Purpose,
  seen: Partial<Seen>,
  expected: Partial<Expectation> = {},
): ReturnType<typeof judge> {
  return judge(
    {
      purpose,
      repairId,
      nodeUid: fault.nodeUid,
      bootId: firstBoot,
      isolated: purpose !== 'isolate',
      checks: [fault.check],
      policy: policy(),
      ...expected,
    },
    { node: ours, paused: false, permit: true, open: true, reports: [report()], ...seen },
  );
}

function verdictOf(judgement: ReturnType<typeof judge>): string {
  return judgement.ok ? 'ok' : judgement.reason;
}

const purposes: readonly Purpose[] = ['look', 'isolate', 'act', 'return', 'undo'];

test.each(purposes)('a node that is gone or another ends %s', (purpose) => {
  const gone = look(purpose, { node: undefined });
  expect(gone).toEqual({
    ok: false,
    reason: 'deleted',
    detail: 'the API server has no such node',
  });
  const other = look(purpose, { node: nodeFacts({ uid: 'another' }) });
  expect(other).toEqual({
    ok: false,
    reason: 'replaced',
    detail: 'the node of this name now has UID another',
  });
});

test('what was found is told, of the checks that belong to the episode', () => {
  const stranger = report({ check: 'DiskPressure' });
  const found = {
    bootId: firstBoot,
    ready: true,
    isolated: true,
    reports: [report()],
  };
  expect(look('act', { reports: [report(), stranger] })).toEqual({
    ok: true,
    node: ours,
    finding: found,
  });
  expect(look('act', { paused: true })).toMatchObject({ ok: false, finding: found });
});

describe('health before an act', () => {
  test.each<[string, Partial<NodeFacts>, readonly CheckReport[], string]>([
    ['faulty', {}, [report()], 'ok'],
    ['one of two faulty', {}, [well, report()], 'ok'],
    ['healthy', {}, [well], 'healed'],
    ['healthy but not Ready', { ready: 'False' }, [well], 'unknown-health'],
    ['healthy but of unknown readiness', { ready: 'Unknown' }, [well], 'unknown-health'],
    ['silent', {}, [], 'unknown-health'],
    [
      'one observer of two silent',
      {},
      [well, report({ observer: 'b', verdict: 'unknown' })],
      'healed',
    ],
    ['faulty in another boot', {}, [report({ bootId: 'old' })], 'unknown-health'],
    ['in a new boot', { bootId: 'new' }, [report()], 'rebooted'],
  ])('%s', (_name, changes, reports, expected) => {
    const seen = { reports, node: isolatedBy(repairId, changes) };
    expect(verdictOf(look('act', seen))).toBe(expected);
    const free = { reports, node: nodeFacts(changes) };
    expect(verdictOf(look('isolate', free))).toBe(expected);
  });

  test('a refusal names what was found', () => {
    expect(look('act', { node: isolatedBy(repairId, { bootId: 'new' }) })).toMatchObject({
      detail: 'the node is now in boot new',
    });
    expect(look('act', { reports: [well] })).toMatchObject({
      detail: 'every check is healthy again',
    });
    expect(look('act', { reports: [] })).toMatchObject({
      detail: 'no fresh report says that the node is still faulty',
    });
  });
});

describe('health before a return', () => {
  test.each<[string, Partial<NodeFacts>, readonly CheckReport[], string]>([
    ['healthy', {}, [well], 'ok'],
    ['still faulty', {}, [report()], 'still-faulty'],
    ['silent', {}, [], 'unknown-health'],
    ['not Ready', { ready: 'False' }, [well], 'unknown-health'],
    ['healthy in another boot', { bootId: 'new' }, [well], 'unknown-health'],
  ])('%s', (_name, changes, reports, expected) => {
    const judgement = look('return', { reports, node: isolatedBy(repairId, changes) });
    expect(verdictOf(judgement)).toBe(expected);
    expect(verdictOf(look('undo', { reports, node: isolatedBy(repairId, changes) }))).toBe('ok');
    expect(verdictOf(look('look', { reports, node: isolatedBy(repairId, changes) }))).toBe('ok');
  });

  test('says what the reports do not', () => {
    expect(look('return', {})).toMatchObject({
      detail: 'the newest reports do not say that the node is well',
    });
  });
});

describe('people', () => {
  const hold = { ...ours.marks, [marks.hold]: 'my reasons' };

  test.each(purposes)('a hold forbids to %s', (purpose) => {
    const judgement = look(purpose, { node: { ...ours, marks: hold }, reports: [well] });
    expect(verdictOf(judgement)).toBe('held');
  });

  test('a hold says so', () => {
    expect(look('act', { node: { ...ours, marks: hold } })).toMatchObject({
      detail: 'the node is on hold',
    });
  });

  test.each<[string, NodeFacts, string]>([
    [
      'uncordoned',
      isolatedBy(repairId, { unschedulable: false }),
      'unschedulable is false, set by slipway-isolation',
    ],
    [
      'cordoned again',
      isolatedBy(repairId, { unschedulableOwner: 'kubectl' }),
      'unschedulable is true, set by kubectl',
    ],
    [
      'without our mark',
      nodeFacts({ unschedulable: true }),
      'unschedulable is true, set by nobody',
    ],
  ])('a node that somebody %s is theirs', (_name, node, detail) => {
    for (const purpose of ['look', 'act', 'return', 'undo'] as const) {
      expect(look(purpose, { node, reports: [well] })).toMatchObject({
        ok: false,
        reason: 'taken-over',
        detail,
      });
    }
  });

  test('before isolation a look expects no mark', () => {
    const seen = { node: nodeFacts() };
    expect(verdictOf(look('look', seen, { isolated: false }))).toBe('ok');
  });

  test('a pause and a lost permit forbid acts, never a return', () => {
    const paused = { paused: true };
    const unpermitted = { permit: false };
    expect(look('act', paused)).toMatchObject({ reason: 'paused', detail: 'Slipway is paused' });
    expect(look('act', unpermitted)).toMatchObject({
      reason: 'permit-lost',
      detail: 'the ledger holds no permit for this repair',
    });
    expect(verdictOf(look('isolate', { ...paused, node: nodeFacts() }))).toBe('paused');
    expect(verdictOf(look('isolate', { ...unpermitted, node: nodeFacts() }))).toBe('permit-lost');
    expect(verdictOf(look('return', { ...paused, reports: [well] }))).toBe('ok');
    expect(verdictOf(look('return', { ...unpermitted, reports: [well] }))).toBe('ok');
    expect(verdictOf(look('undo', { ...paused, ...unpermitted }))).toBe('ok');
  });
});

describe('a node that is about to be removed', () => {
  const doomed = { taints: [taint('dedicated'), taint('ToBeDeletedByClusterAutoscaler')] };
  const bold = { ...policy().touch, disruptedByAutoscaler: true };

  test('is acted on no more, and neither kept from returning nor from being undone', () => {
    const node = isolatedBy(repairId, doomed);
    expect(look('act', { node })).toMatchObject({
      reason: 'disrupted-by-autoscaler',
      detail: 'the taints of the node: dedicated, ToBeDeletedByClusterAutoscaler',
    });
    expect(look('return', { node, reports: [well] })).toMatchObject({ ok: true });
    expect(look('undo', { node })).toMatchObject({ ok: true });
    const free = nodeFacts(doomed);
    expect(look('isolate', { node: free })).toMatchObject({
      reason: 'disrupted-by-autoscaler',
      detail: 'the taints of the node: dedicated, ToBeDeletedByClusterAutoscaler',
    });
  });

  test('is acted on where the policy says so, unless it is being deleted', () => {
    const node = isolatedBy(repairId, doomed);
    const touching = { policy: { ...policy(), touch: bold } };
    expect(look('act', { node }, touching)).toMatchObject({ ok: true });
    const deleted = isolatedBy(repairId, { deleting: true });
    expect(look('act', { node: deleted }, touching)).toMatchObject({ reason: 'being-deleted' });
  });
});

describe('isolation', () => {
  const touch = { controlPlane: true, cordonedByOther: true, disruptedByAutoscaler: true };
  const cordoned = nodeFacts({ unschedulable: true, unschedulableOwner: 'kubectl' });

  test.each<[string, NodeFacts, string]>([
    ['free', nodeFacts(), 'ok'],
    ['ours already', ours, 'ok'],
    ['ours, but changed by somebody', isolatedBy(repairId, { unschedulable: false }), 'taken-over'],
    ['the mark of another repair', isolatedBy('r-other'), 'taken-over'],
    [
      'kept for a person by another repair',
      isolatedBy('r-other', { marks: mark({ repair: 'r-other', at: 1, outcome: 'escalated' }) }),
      'taken-over',
    ],
    [
      'put back into service by a person',
      nodeFacts({ marks: mark({ repair: 'r-other', at: 1, outcome: 'escalated' }) }),
      'ok',
    ],
    ['cordoned', cordoned, 'cordoned-by-other'],
    ['control plane', nodeFacts({ controlPlane: true }), 'control-plane'],
    ['being deleted', nodeFacts({ deleting: true }), 'being-deleted'],
    [
      'disrupted',
      nodeFacts({ taints: [taint(foreignMarks.disruptionTaints[0])] }),
      'disrupted-by-autoscaler',
    ],
  ])('of a node that is %s', (_name, node, expected) => {
    expect(verdictOf(look('isolate', { node }))).toBe(expected);
  });

  test('says whose it is', () => {
    expect(look('isolate', { node: isolatedBy('r-other') })).toMatchObject({
      detail: 'the node carries the mark of repair r-other',
    });
    expect(look('isolate', { node: isolatedBy(repairId, { unschedulable: false }) })).toMatchObject(
      {
        detail: 'somebody changed the cordon that this repair had set',
      },
    );
    expect(look('isolate', { node: cordoned })).toMatchObject({
      detail: 'unschedulable is true, set by kubectl',
    });
  });

  test('a policy may allow what is left alone otherwise', () => {
    const bold = { policy: policy({ touch }) };
    expect(verdictOf(look('isolate', { node: cordoned }, bold))).toBe('ok');
    expect(verdictOf(look('isolate', { node: nodeFacts({ controlPlane: true }) }, bold))).toBe(
      'ok',
    );
  });

  test('at a person’s word, takes over what another repair had handed over', () => {
    const kept = isolatedBy('r-other', {
      marks: mark({ repair: 'r-other', at: 1, outcome: 'escalated' }),
    });
    const continued = { supersedes: 'r-other' };
    expect(verdictOf(look('isolate', { node: kept }, continued))).toBe('ok');
    expect(verdictOf(look('isolate', { node: cordoned }, continued))).toBe('cordoned-by-other');
    expect(verdictOf(look('isolate', { node: isolatedBy('r-third') }, continued))).toBe(
      'taken-over',
    );
  });
});

describe('a repair that the record of its node does not name as open', () => {
  test.each(['isolate', 'act'] as const)('does not %s, whatever Temporal runs again', (purpose) => {
    expect(look(purpose, { open: false })).toMatchObject({ reason: 'superseded' });
  });

  test.each(['look', 'return', 'undo', 'keep'] as const)('may still %s', (purpose) => {
    const judgement = look(purpose, { open: false });
    expect('reason' in judgement ? judgement.reason : 'ok').not.toBe('superseded');
  });
});
