/**
 * Bugs that others shipped, each a test named by its number, and each shown to fail with our guard removed. What a
 * decision alone cannot show is in test/e2e; docs/PEER_BUGS.md says what is where.
 */
import { describe, expect, test } from 'vitest';
import type { DispatchContext } from '../../../domain/dispatch/decide.ts';
import type { EpisodeRecord } from '../../../domain/dispatch/types.ts';
import type { NodeFacts } from '../../../domain/node.ts';
import type { Expectation, Purpose, Seen } from '../../../domain/repair/freshLook.ts';
import type { Command, RepairEvent } from '../../../domain/repair/types.ts';
import { fieldManagers, marks } from '../../../domain/vocabulary/marks.ts';
import { reported } from '../../support/dispatch.ts';
import {
  after,
  at,
  attempted,
  fault,
  finding,
  firstBoot,
  healthy,
  opening,
  policy,
  repairId,
  report,
  tagged,
  untilIsolated,
  untilMoved,
} from '../../support/given.ts';
import { original, without } from '../../support/mutant.ts';
import type { Decisions, Guard } from '../../support/mutant.ts';
import { nodeFacts } from '../../support/samples.ts';

const ours = nodeFacts({
  unschedulableOwner: fieldManagers.isolation,
  marks: { [marks.isolation]: JSON.stringify({ repair: repairId, at: at(2) }) },
});

function look({ freshLook }: Decisions, purpose: Purpose, seen: Partial<Seen>): string {
  const expected: Expectation = {
    purpose,
    repairId,
    nodeUid: fault.nodeUid,
    bootId: firstBoot,
    isolated: true,
    checks: [fault.check],
    policy: policy(),
  };
  const all = { node: ours, paused: false, permit: true, open: true, reports: [report()], ...seen };
  const judgement = freshLook.judge(expected, all);
  return judgement.ok ? 'ok' : judgement.reason;
}

function next(
  { repair, repairState }: Decisions,
  events: readonly RepairEvent[],
  seconds: number,
): Command['kind'] {
  const state = repairState.fold(opening(), events);
  return repair.decide(state, policy(), at(seconds)).kind;
}

function record({ dispatchState }: Decisions): EpisodeRecord {
  return dispatchState.evolve(dispatchState.emptyRecord(fault), reported(0, { counter: 1 }));
}

const well = report({ verdict: 'healthy', sequence: 9 });
const person: NodeFacts = { ...ours, unschedulableOwner: 'kubectl-cordon' };

type Case = {
  readonly bug: string;
  readonly guard: Guard;
  readonly holds: (code: Decisions) => void;
};

const cases: readonly Case[] = [
  {
    bug: 'NVSentinel #1280: a restart acts on a stale event and reboots a healed node',
    guard: {
      file: 'domain/repair/freshLook.ts',
      from: "if (verdict === 'healthy') return { reason: 'healed'",
      to: "if (verdict === 'healthy') return undefined; if (false) return { reason: 'healed'",
    },
    holds: (code) => expect(look(code, 'act', { reports: [well] })).toBe('healed'),
  },
  {
    bug: 'NVSentinel #1280: an event of the boot before the reset is believed again',
    guard: {
      file: 'domain/repair/freshLook.ts',
      from: 'if (finding.bootId !== expected.bootId) {',
      to: 'if (finding.bootId === undefined) {',
    },
    holds: (code) =>
      expect(look(code, 'act', { node: { ...ours, bootId: 'boot-2' } })).toBe('rebooted'),
  },
  {
    bug: 'NVSentinel #121: a drain cancelled by a recovery is read as done, and the node is rebooted',
    guard: {
      file: 'domain/repair/evolve.ts',
      from: 'interrupted: (state) => ({ ...state, waiting: undefined }),',
      to: 'interrupted: (state) => ({ ...state, pods: { ...state.pods, moved: true } }),',
    },
    holds: (code) => {
      const cut = after(5, { kind: 'interrupted', command: 'migrate' });
      const sickAgain = after(6, { kind: 'reported', report: report({ sequence: 4 }) });
      const events = [...untilIsolated, tagged, healthy(5), cut, sickAgain];
      expect(next(code, events, 7)).toBe('migrate');
    },
  },
  {
    bug: 'NVSentinel #141: a person uncordons, and later stages never hear of it',
    guard: {
      file: 'domain/repair/freshLook.ts',
      from: 'notOurs(expected, seen) ??\n    leftAlone(expected, seen) ??',
      to: 'leftAlone(expected, seen) ??',
    },
    holds: (code) =>
      expect(look(code, 'act', { node: { ...ours, unschedulable: false } })).toBe('taken-over'),
  },
  {
    bug: 'NVSentinel #1424, k8s-driver-manager #212: what somebody else cordoned is uncordoned',
    guard: {
      file: 'domain/marks.ts',
      from: 'return mark.foundCordoned === true || node.unschedulableOwner === fieldManagers.isolation;',
      to: 'return true;',
    },
    holds: (code) =>
      expect(look(code, 'return', { node: person, reports: [well] })).toBe('taken-over'),
  },
  {
    bug: 'NVSentinel #1808: a reboot that never happened looks in progress for ever',
    guard: {
      file: 'domain/repair/decide.ts',
      from: 'if (now < windowEndsAt) return watchUntil',
      to: 'if (now > 0) return watchUntil',
    },
    holds: (code) => {
      const looked = after(311, { kind: 'looked', finding: finding({ reports: [report()] }) });
      expect(next(code, [...untilMoved, attempted(), looked], 312)).toBe('giveUpAttempt');
    },
  },
  {
    bug: 'NVSentinel #458: a node that is well again stays cordoned',
    guard: {
      file: 'domain/repair/evolve.ts',
      from: "if (verdict === 'healthy' && !verifying)",
      to: "if (verdict === 'healthy' && !verifying && state.rung < 0)",
    },
    holds: (code) => expect(next(code, [...untilMoved, healthy(10)], 71)).toBe('conclude'),
  },
  {
    bug: 'NVSentinel PR #1852: a breaker that is open also stops what makes nodes serve again',
    guard: {
      file: 'domain/repair/freshLook.ts',
      from: 'notOurs(expected, seen) ?? held(seen) ?? notWell(expected, finding)',
      to: 'notOurs(expected, seen) ?? notAllowed(seen) ?? notWell(expected, finding)',
    },
    holds: (code) =>
      expect(look(code, 'return', { paused: true, permit: false, reports: [well] })).toBe('ok'),
  },
  {
    bug: 'NVSentinel ADR-056: a malformed mark counts as none, and everything begins anew',
    guard: {
      file: 'domain/marks.ts',
      from: '} catch {\n    return unreadable;',
      to: '} catch {\n    return undefined;',
    },
    holds: (code) => {
      const garbled = { ...ours, unschedulable: false, marks: { [marks.isolation]: '{"repair":' } };
      expect(look(code, 'isolate', { node: garbled })).toBe('taken-over');
    },
  },
  {
    bug: 'NVSentinel ADR-056: no answer after the BMC accepted is taken for a refusal',
    guard: {
      file: 'domain/repair/decide.ts',
      from: "if (attempt.result === 'rejected') return rejected",
      to: "if (attempt.result !== 'done') return rejected",
    },
    holds: (code) =>
      expect(next(code, [...untilMoved, attempted({ result: 'unknown' })], 11)).toBe('wait'),
  },
  {
    bug: 'NHC #233: two policies repair one node at the same time',
    guard: {
      file: 'domain/dispatch/decide.ts',
      from: 'if (episode && episode.outcome === undefined)',
      to: 'if (episode && episode.outcome !== undefined)',
    },
    holds: (code) => {
      const other = { ...policy(), name: 'other', checks: ['ReadonlyFilesystem'], holdDownMs: 0 };
      const context: DispatchContext = {
        node: nodeFacts({ unschedulable: false }),
        policies: [policy({ holdDownMs: 0 }), other],
        mode: 'act',
      };
      const about = { repairId, openedAt: at(0), openingEventId: fault.id, check: fault.check };
      const episode = { ...about, policy: 'kernel' };
      const opened = code.dispatchState.evolve(record(code), { kind: 'opened', episode });
      expect(code.dispatch.decide(opened, context, at(9)).kind).toBe('inform');
    },
  },
  {
    bug: 'nats-server #2921: what the hub delivers again after its duplicate window is taken for news',
    guard: {
      file: 'domain/evidence.ts',
      from: 'if (before && before.counter >= report.counter) return known;',
      to: '',
    },
    holds: (code) =>
      expect(code.dispatchState.isNews(record(code), reported(5, { counter: 1 }))).toBe(false),
  },
];

describe.each(cases)('$bug', ({ guard, holds }) => {
  test('does not happen here', async () => {
    const code = await original();
    expect(() => holds(code)).not.toThrow();
  });

  test('would happen without the guard', async () => {
    const code = await without(guard);
    // An assertion that failed, not a copy that does not work.
    expect(() => holds(code)).toThrow(/^expected .* to be /);
  });
});
