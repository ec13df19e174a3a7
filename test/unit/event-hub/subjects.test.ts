/** One token each, whatever the names hold; what the server makes of the subjects is for `test/int/event-hub`. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  deadSubject,
  decodeKey,
  encodeKey,
  faultFilter,
  faultSubject,
  journalFilters,
  journalSubject,
  parseFaultSubject,
  parseJournalSubject,
} from '../../../event-hub/subjects.ts';

const name = fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed());

describe('fault subjects', () => {
  it('spell real names readably', () => {
    const subject = faultSubject({ cluster: 'c-1', node: 'ip-10.eu', check: '100%_ok' });
    expect(subject).toBe('fault.c-1.ip-10%2Eeu.100%25_ok');
  });

  it('come back as they went in, in four non-empty tokens of safe characters', () => {
    fc.assert(
      fc.property(name, name, name, (cluster, node, check) => {
        const subject = faultSubject({ cluster, node, check });
        expect(subject).toMatch(/^fault(\.[A-Za-z0-9_%-]+){3}$/);
        expect(parseFaultSubject(subject)).toEqual({ cluster, node, check });
      }),
    );
  });

  it.each([
    'fault.a.b',
    'fault.a.b.c.d',
    'fault.a..c',
    'journal.a.b.c',
    'fault.a.%41.c',
    'fault.a.%2e.c',
    'fault.a.%.%zz',
    'fault.a.%FF.c',
    'fault.a.b c.d',
  ])('are not made of %s', (subject) => {
    expect(parseFaultSubject(subject)).toBeUndefined();
  });

  it('are filtered by cluster or node', () => {
    expect(faultFilter('c')).toBe('fault.c.>');
    expect(faultFilter('c', 'n.1')).toBe('fault.c.n%2E1.>');
  });
});

describe('journal subjects', () => {
  it('come back as they went in, with and without a node', () => {
    fc.assert(
      fc.property(name, name, (cluster, node) => {
        expect(parseJournalSubject(journalSubject({ cluster, node }))).toEqual({ cluster, node });
        expect(parseJournalSubject(journalSubject({ cluster }))).toEqual({ cluster });
      }),
    );
  });

  it('have filters for both levels', () => {
    expect(journalFilters('c.1')).toEqual(['journal.c%2E1', 'journal.c%2E1.*']);
  });

  it.each(['journal', 'journal.a.b.c', 'fault.a'])('are not made of %s', (subject) => {
    expect(parseJournalSubject(subject)).toBeUndefined();
  });
});

describe('keys and dead letters', () => {
  it('keys hold only what KV keys admit, and come back', () => {
    fc.assert(
      fc.property(name, (text) => {
        expect(encodeKey(text)).toMatch(/^[A-Za-z0-9_=-]+$/);
        expect(decodeKey(encodeKey(text))).toBe(text);
      }),
    );
  });

  it('dead letters lie under their cluster', () => {
    expect(deadSubject('c.1')).toBe('dead.c%2E1');
  });
});
