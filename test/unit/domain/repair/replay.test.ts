import { expect, test } from 'vitest';
import { replay } from '../../../../domain/repair/replay.ts';
import {
  at,
  granted,
  isolated,
  opening,
  policy,
  tagged,
  untilMoved,
} from '../../../support/given.ts';
import { recorded, turn } from '../../../support/recorded.ts';

const entries = recorded([
  turn(at(1), granted),
  turn(at(2), isolated),
  turn(at(3), tagged),
  turn(at(4), ...untilMoved.slice(3)),
]);

test('the same code and policy decide the same at every recorded point', () => {
  const replayed = replay(opening(), entries, policy());
  expect(replayed.map(({ sequence, recorded: { kind }, same }) => [sequence, kind, same])).toEqual([
    [1, 'requestPermit', true],
    [2, 'isolate', true],
    [3, 'tagPods', true],
    [4, 'migrate', true],
  ]);
});

test('another policy is shown where it decides differently, with what it decides', () => {
  const impatient = policy({ migration: { timeoutMs: 0, onTimeout: 'escalate' } });
  const different = replay(opening(), entries, impatient).filter(({ same }) => !same);
  expect(different).toMatchObject([
    { sequence: 4, phase: 'migrating', recorded: { kind: 'migrate' } },
  ]);
  expect(different[0]?.decided).toMatchObject({
    kind: 'conclude',
    reason: 'migration-timed-out',
  });
});

test('a command that says less or other than the recorded one differs', () => {
  const [first, ...others] = entries;
  const wait = { kind: 'wait', reason: 'boot', until: at(9) } as const;
  const changed = others.map((entry) => ({ ...entry, command: wait }));
  expect(replay(opening(), [first!, ...changed], policy()).some(({ same }) => same)).toBe(false);
});

test('the fold goes on with what was recorded after the decisions part', () => {
  const eager = policy({ migration: { timeoutMs: 0, onTimeout: 'continue' } });
  const longer = [...entries, ...recorded([turn(at(5))]).slice(1)];
  const last = replay(opening(), longer, eager).at(-1);
  expect(last).toMatchObject({ phase: 'repairing', decided: { kind: 'runRung', rung: 0 } });
});

test('of a counted repeat only the kind is compared, since its times are those of the last one', () => {
  const last = entries.at(-1)!;
  const counted = {
    ...last,
    command: { kind: 'migrate', deadlineAt: 0 } as const,
    repeated: { times: 7, until: at(60) },
  };
  const replayed = replay(opening(), [...entries.slice(0, -1), counted], policy());
  expect(replayed.at(-1)).toMatchObject({ recorded: { kind: 'migrate' }, same: true });
});
