/** What views could not read, in the words and codes of the command line. */
import { expect, test } from 'vitest';
import { failureOf } from '../../../cli/words/unread.ts';
import { stateOf } from '../../../views/journal.ts';
import { isUnread, unread, unreadFromHub, type UnreadPart } from '../../../views/unread.ts';
import { at, granted, repairId } from '../../support/given.ts';
import { turn } from '../../support/recorded.ts';
import { logOf } from '../../support/screens.ts';

const records = { what: 'node-records' } as const;
const ledger = { what: 'permit-ledger' } as const;
const record = { what: 'node-record', node: 'a-1' } as const;
const lag = { what: 'dispatch-lag' } as const;
const why = 'no answer';

const told: readonly (readonly [UnreadPart, error: string, what: string])[] = [
  [
    unreadFromHub({ what: 'journal' }, { kind: 'unreachable', why }),
    'hubUnreachable',
    'The journal could not be read: no answer.',
  ],
  [
    unreadFromHub(ledger, { kind: 'missing', stream: 'KV_guard', why }),
    'streamMissing',
    'The permit ledger cannot be read: no answer.',
  ],
  [
    unreadFromHub(record, { kind: 'refused', why }),
    'hubRefused',
    'The record of a-1 cannot be read: no answer.',
  ],
  [
    unreadFromHub(lag, { kind: 'refused', why }),
    'hubRefused',
    'No engine has read from FAULTS yet: no answer.',
  ],
  [
    unreadFromHub(lag, { kind: 'unreachable', why }),
    'hubUnreachable',
    'How far dispatch is could not be read: no answer.',
  ],
  [unread({ what: 'pause' }, { because: 'kube-refused', why }), 'kubeRefused', 'No answer.'],
  [
    unread(records, { because: 'not-opened', bucket: 'episodes', why }),
    'hubRefused',
    'The bucket episodes could not be opened: no answer.',
  ],
  [
    unread(records, { because: 'late', afterMs: 5_000 }),
    'hubUnreachable',
    'The node records did not arrive within 5000 ms.',
  ],
  [
    unread(record, { because: 'corrupt', why: 'version 2' }),
    'recordUnreadable',
    'The record of a-1 cannot be read: version 2.',
  ],
  [
    unread({ what: 'engine-record' }, { because: 'corrupt', why }),
    'recordUnreadable',
    'What the engine says of itself cannot be read.',
  ],
  [
    unread({ what: 'journal' }, { because: 'partly-corrupt', count: 2 }),
    'recordUnreadable',
    '2 lines of the journal cannot be read, and missing here.',
  ],
  [
    unread(records, { because: 'partly-corrupt', count: 1, such: 'a-1' }),
    'recordUnreadable',
    'The records of 1 node cannot be read, such as a-1.',
  ],
];

test.each(told)('%j is %s: %s', (one, error, what) => {
  expect(failureOf(one)).toMatchObject({ error, what });
});

test.each([
  ['its first entry', 0],
  ['entry 1', 1],
])('a journal that lacks %s tells no state', (missing, index) => {
  const log = logOf([turn(at(1), granted), turn(at(2)), turn(at(3))]);
  const entries = log.entries.toSpliced(index, 1);
  const { opening: _, ...beheaded } = log;
  const state = stateOf(index === 0 ? { ...beheaded, entries } : { ...log, entries });
  expect(isUnread(state) && failureOf(state)).toMatchObject({
    error: 'journalIncomplete',
    what: `The journal of ${repairId} lacks ${missing}.`,
  });
});
