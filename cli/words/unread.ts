/** What a view could not read, as a failure of the catalogue. */
import type { Asked, UnreadPart } from '../../views/unread.ts';
import { failure, type Failure } from '../failure.ts';
import { hubFailure } from '../hubFailure.ts';
import { counted } from '../text/amounts.ts';
import { sentence } from '../text/sentence.ts';

export function failureOf(unread: UnreadPart): Failure {
  const { of } = unread;
  switch (unread.because) {
    case 'kube-refused':
      return failure('kubeRefused', sentence(unread.why));
    case 'not-opened': {
      const what = `The bucket ${unread.bucket} could not be opened`;
      return failure('hubRefused', sentence(`${what}: ${unread.why}`));
    }
    case 'late': {
      const what = `${nameOf(of)} did not arrive within ${unread.afterMs} ms`;
      return failure('hubUnreachable', sentence(what));
    }
    case 'corrupt': {
      const why = of.what === 'engine-record' ? '' : `: ${unread.why}`;
      return failure('recordUnreadable', sentence(`${nameOf(of)} cannot be read${why}`));
    }
    case 'partly-corrupt':
      return failure('recordUnreadable', partText(of, unread));
    case 'incomplete':
      return failure('journalIncomplete', sentence(`${nameOf(of)} ${unread.why}`));
    default:
      return hubFailure(notGiven(of, unread.because), { kind: unread.because, why: unread.why });
  }
}

function partText(
  { what }: Asked,
  { count, such }: { readonly count: number; readonly such?: string },
): string {
  return what === 'journal'
    ? `${counted(count, 'line')} of the journal cannot be read, and missing here.`
    : `The records of ${counted(count, 'node')} cannot be read, such as ${such ?? ''}.`;
}

function notGiven(of: Asked, because: string): string {
  if (of.what === 'dispatch-lag' && because === 'refused')
    return 'No engine has read from FAULTS yet';
  const isOne = of.what === 'permit-ledger' || of.what === 'node-record';
  return `${nameOf(of)} ${isOne ? 'cannot' : 'could not'} be read`;
}

const names = {
  journal: 'the journal',
  'dead-letters': 'the stream DEAD',
  'permit-ledger': 'the permit ledger',
  'node-records': 'the node records',
  notices: 'the notices',
  'engine-record': 'what the engine says of itself',
  'dispatch-lag': 'how far dispatch is',
  pause: 'the pause',
  'engine-lease': "the engine's Lease",
  nodes: 'the nodes',
} as const;

function nameOf(of: Asked): string {
  switch (of.what) {
    case 'node-record':
      return `the record of ${of.node}`;
    case 'repair':
      return `the journal of ${of.repairId}`;
    default:
      return names[of.what];
  }
}
