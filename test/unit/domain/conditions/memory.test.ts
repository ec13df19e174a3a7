/** What a probe starts from. What it makes of it is in decide.test.ts. */
import { expect, test } from 'vitest';
import { memoriesOf } from '../../../../domain/conditions/memory.ts';
import { evolve } from '../../../../domain/dispatch/evolve.ts';
import { recordOf, reported, seen } from '../../../support/dispatch.ts';
import { at, fault, firstBoot, nextBoot } from '../../../support/given.ts';
import { faultEvent } from '../../../support/samples.ts';

const { observer, nodeUid } = fault;
function stored(sequence: number, changes: Parameters<typeof faultEvent>[0] = {}) {
  return {
    event: faultEvent({ counter: sequence, ...changes }),
    sequence,
    storedAt: at(sequence),
  };
}

function reports(...of: Parameters<typeof memoriesOf>) {
  return Object.values(memoriesOf(...of).get(nodeUid)?.reports ?? {}).map(
    ({ check, verdict, bootId, counter }) => `${check} ${verdict} ${bootId} ${counter}`,
  );
}

test('a fault that the stream forgot is on the record', () => {
  const record = recordOf(reported(0));
  expect(reports(observer, [record], [])).toEqual([`${fault.check} faulty ${firstBoot} 1`]);
});

test('what came beyond the record counts, and what it has taken in does not come again', () => {
  const record = recordOf(reported(4, { counter: 9 }));
  const later = stored(7, { counter: 10, verdict: 'healthy' });
  expect(reports(observer, [record], [later])).toEqual([`${fault.check} healthy ${firstBoot} 10`]);
  const stale = stored(5, { counter: 99, verdict: 'healthy' });
  expect(reports(observer, [record], [stale])).toEqual([`${fault.check} faulty ${firstBoot} 9`]);
  const other = stored(8, { check: 'Ready' });
  expect(reports(observer, [record], [other, later])).toHaveLength(2);
  expect(reports(observer, [], [later])).toEqual([`${fault.check} healthy ${firstBoot} 10`]);
});

test('what others report is none of its business', () => {
  const record = recordOf(reported(0, { observer: 'agent' }));
  expect(reports(observer, [record], [stored(9, { observer: 'agent', check: 'B' })])).toEqual([]);
});

test('the boot that was seen last comes before a later word of another', () => {
  const record = recordOf(reported(0), reported(1, { bootId: 'made-up' }), seen(2));
  expect(reports(observer, [record], [])).toEqual([`${fault.check} faulty ${firstBoot} 1`]);
});

test('what was seen of the node is remembered, by its UID', () => {
  const booted = seen(2, { bootId: nextBoot, beats: { Ready: 50, [fault.check]: 10 } });
  const record = evolve(recordOf(reported(0)), booted);
  const memories = memoriesOf(observer, [record], [stored(9, { nodeUid: 'made-up' })]);
  expect(memories.get(nodeUid)).toMatchObject({
    bootId: nextBoot,
    firstReadyAt: 50,
    heartbeats: { [fault.check]: 10 },
    heartbeatsBefore: {},
  });
  expect(memories.get('made-up')?.bootId).toBe(firstBoot);
});
