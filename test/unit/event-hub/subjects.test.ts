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
    const subject = faultSubject({
      cluster: 'c-1',
      node: 'ip-10.eu',
      observer: 'node-conditions',
      check: '100%_ok',
    });
    expect(subject).toBe('fault.c-1.ip-10%2Eeu.node-conditions.100%25_ok');
  });

  it('come back as they went in, in five non-empty tokens of safe characters', () => {
    fc.assert(
      fc.property(name, name, name, name, (cluster, node, observer, check) => {
        const of = { cluster, node, observer, check };
        const subject = faultSubject(of);
        expect(subject).toMatch(/^fault(\.[A-Za-z0-9_%-]+){4}$/);
        expect(parseFaultSubject(subject)).toEqual(of);
      }),
    );
  });

  it('keep a byte order mark, which a decoder drops by default', () => {
    const of = { cluster: 'c', node: '\uFEFFnode', observer: 'o', check: '\uFEFF' };
    expect(parseFaultSubject(faultSubject(of))).toEqual(of);
  });

  it.each([
    'fault.a.b.c',
    'fault.a.b.c.d.e',
    'fault.a..c.d',
    'journal.a.b.c.d',
    'fault.a.%41.c.d',
    'fault.a.%2e.c.d',
    'fault.a.%.%zz.d',
    'fault.a.b.%zz.d',
    'fault.a.%FF.c.d',
    'fault.a.b c.d.e',
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
