/** What anybody may send as a signal is read, cut or refused where it arrives. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { misheard, readSaid } from '../../../../domain/repair/arrivals.ts';
import { repairId, report } from '../../../support/given.ts';

function said(arrival: unknown): unknown {
  return { repairId, arrival };
}
const by = { name: 'ada', reason: 'my node' };

describe('what Slipway says', () => {
  test.each([
    { kind: 'reported', report: report() },
    { kind: 'cancelRequested', by, requestId: 'c-1' },
    { kind: 'rebooted', bootId: 'boot-2', ready: false },
    { kind: 'lost', reason: 'held', detail: 'on hold' },
    { kind: 'lookAgain', because: 'a permit came free' },
  ])('is heard as it is: $kind', (arrival) => {
    expect(readSaid(said(arrival))).toEqual({ repairId, arrival });
  });
});

describe('what others may send', () => {
  test('a name of 300 characters is cut, since the journal takes none longer', () => {
    const long = { name: 'n'.repeat(300), reason: 'r'.repeat(9_000) };
    const heard = readSaid(said({ kind: 'cancelRequested', by: long, requestId: 'i'.repeat(300) }));
    expect(heard?.arrival).toEqual({
      kind: 'cancelRequested',
      by: { name: 'n'.repeat(128), reason: 'r'.repeat(512) },
      requestId: 'i'.repeat(128),
    });
  });

  test('an author without a name is unknown', () => {
    const heard = readSaid(
      said({ kind: 'cancelRequested', by: { name: '', reason: '' }, requestId: 'c' }),
    );
    expect(heard?.arrival).toMatchObject({ by: { name: 'unknown', reason: 'unknown' } });
  });

  test.each([
    undefined,
    null,
    7,
    'cancel',
    [],
    {},
    { repairId: 7, arrival: {} },
    said(undefined),
    said({ kind: 'podsMoved' }),
    said({ kind: 'misheard', detail: 'x' }),
    said({ kind: 'reported', report: { ...report(), verdict: 'fine' } }),
    said({ kind: 'reported', report: { ...report(), check: 'c'.repeat(300) } }),
    said({ kind: 'reported', report: { ...report(), bootId: '' } }),
    said({ kind: 'reported', report: { ...report(), sequence: '1' } }),
    said({ kind: 'reported' }),
    said({ kind: 'cancelRequested', by: 'ada', requestId: 'c' }),
    said({ kind: 'cancelRequested', by: { name: 7, reason: 'x' }, requestId: 'c' }),
    said({ kind: 'cancelRequested', by: { name: 'ada' }, requestId: 'c' }),
    said({ kind: 'cancelRequested', by }),
    said({ kind: 'rebooted', bootId: 7, ready: true }),
    said({ kind: 'rebooted', bootId: 'boot-2', ready: 'yes' }),
    said({ kind: 'lost', reason: 'bored', detail: 'x' }),
    said({ kind: 'lost', reason: 'held' }),
    said({ kind: 'lookAgain' }),
  ])('%j says nothing', (value) => {
    expect(readSaid(value)).toBeUndefined();
  });

  test('what says nothing is told with its beginning', () => {
    expect(misheard('arrive', { x: 'y'.repeat(900) })).toEqual({
      kind: 'misheard',
      detail: `signal arrive: ${`{"x":"${'y'.repeat(900)}`.slice(0, 200)}`,
    });
    expect(misheard('hello', undefined)).toEqual({
      kind: 'misheard',
      detail: 'signal hello: nothing',
    });
  });

  test('nothing at all makes the reading fail', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(() => readSaid(value)).not.toThrow();
        expect(() => readSaid(said(value))).not.toThrow();
      }),
    );
  });
});
