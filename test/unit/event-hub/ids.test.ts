import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventId, repairId } from '../../../event-hub/ids.ts';
import { faultEvent } from '../../support/samples.ts';

const repair = { cluster: 'c', nodeUid: 'u', openingEventId: 'e-1' };

describe('event ids', () => {
  it('stay the same for the same report, whenever and however it was worded', () => {
    const first = faultEvent();
    expect(eventId(faultEvent({ observedAt: 5, message: 'again', reason: 'x' }))).toBe(first.id);
    expect(first.id).toMatch(/^e-[a-z2-7]{26}$/);
  });

  it.each([
    { cluster: 'other' },
    { nodeUid: 'other' },
    { check: 'other' },
    { verdict: 'healthy' as const },
    { bootId: 'other' },
    { counter: 2 },
  ])('differ with %o', (change) => {
    expect(faultEvent(change).id).not.toBe(faultEvent().id);
  });
});

describe('repair ids', () => {
  it('are fit for a label value and never change between versions', () => {
    expect(repairId(repair)).toMatch(/^r-[a-z2-7]{20}$/);
    expect(repairId(repair)).toBe('r-6psitkwwgkhg6wnagazd');
  });

  it('keep their parts apart', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.string({ minLength: 1 }),
        (cluster, nodeUid, moved) => {
          const one = repairId({ cluster: cluster + moved, nodeUid, openingEventId: 'e' });
          const other = repairId({ cluster, nodeUid: moved + nodeUid, openingEventId: 'e' });
          expect(one).not.toBe(other);
        },
      ),
    );
  });
});
