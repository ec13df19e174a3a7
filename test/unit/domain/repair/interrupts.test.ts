import { expect, test } from 'vitest';
import { interrupts } from '../../../../domain/repair/interrupts.ts';
import type { Command, RepairEvent } from '../../../../domain/repair/types.ts';
import { after, at, cancel, healthy, rebooted, report } from '../../../support/given.ts';

const faulty = after(1, { kind: 'reported', report: report() });
const silent = after(1, { kind: 'reported', report: report({ verdict: 'unknown' }) });
const lost = after(1, { kind: 'lost', reason: 'held', detail: 'hold' });
const lookAgain = after(1, { kind: 'lookAgain', because: 'a permit is free' });
const outcome = after(1, { kind: 'podsMoved' });

const events: Record<string, RepairEvent> = {
  faulty,
  healthy: healthy(1),
  silent,
  cancel: cancel(1),
  rebooted: rebooted(1),
  lost,
  lookAgain,
  outcome,
};
const wait: Command = { kind: 'wait', reason: 'soak', until: at(9) };
const migrate: Command = { kind: 'migrate', deadlineAt: at(9) };
const firm: readonly Command[] = [
  { kind: 'requestPermit' },
  { kind: 'isolate' },
  { kind: 'tagPods' },
  { kind: 'runRung', rung: 0, attempt: 1 },
  { kind: 'giveUpAttempt', reason: 'still-faulty', nextRung: 1, nextSpent: 0 },
  { kind: 'look' },
  { kind: 'conclude', outcome: 'repaired', reason: 'healed', node: 'return' },
  { kind: 'restore' },
  { kind: 'releasePermit' },
  { kind: 'close' },
];

function interrupting(command: Command): string[] {
  return Object.keys(events).filter((name) => {
    const event = events[name];
    return event !== undefined && interrupts(command, event);
  });
}

test('a wait ends for everything that arrives', () => {
  expect(interrupting(wait)).toEqual([
    'faulty',
    'healthy',
    'silent',
    'cancel',
    'rebooted',
    'lost',
    'lookAgain',
  ]);
});

test('a migration ends for news that take its reason away', () => {
  expect(interrupting(migrate)).toEqual(['healthy', 'silent', 'cancel', 'rebooted', 'lost']);
});

test.each(firm)('nothing ends $kind early', (command) => {
  expect(interrupting(command)).toEqual([]);
});
