/** One leader at a time: holds a Lease while it can, and says so at once when it cannot. */
import { errorText } from '../../std/errorText.ts';
import { pause } from '../../std/pause.ts';
import type { Kube } from '../transport/connect.ts';
import type { LeaseFacts, LeaseRef } from './lease.ts';
import { claimLease, readLease } from './lease.ts';
import type { Refusal } from '../transport/refusal.ts';

export type Election = LeaseRef & {
  /** Unique to this process, or a stranger's lease could be mistaken for ours. */
  readonly identity: string;
  readonly leaseSeconds: number;
  /** The leader's work. It must end soon after its signal; ending or throwing by itself gives the lead up. */
  readonly onLeading: (signal: AbortSignal) => Promise<void>;
  /** Ends the candidacy: the work is ended, awaited, and the lease released. */
  readonly signal: AbortSignal;
  readonly onProblem?: (problem: string) => void;
};

type Candidacy = {
  readonly kube: Kube;
  readonly election: Election;
  /** The lease version last seen, and for how long by our own clock: clocks of others are not trusted. */
  seen: { resourceVersion: string; sinceMs: number };
};

/** A leader that cannot renew stops after this share of the lease, well before a standby may start. */
const stopShare = 2 / 3;
const renewShare = 1 / 4;
const standbyShare = 1 / 5;

/**
 * Stands for election until the signal. While it leads, `onLeading` runs with a signal that is aborted as soon as the
 * lead is lost, in doubt, or given up; a standby takes over when the lease is released or has run out.
 */
export async function electLeader(kube: Kube, election: Election): Promise<void> {
  const candidacy: Candidacy = { kube, election, seen: { resourceVersion: '', sinceMs: 0 } };
  while (!election.signal.aborted) {
    const held = await tryToLead(candidacy);
    if (held) await lead(candidacy, held);
    const jitter = 0.8 + Math.random() * 0.4;
    await pause(leaseMs(candidacy) * standbyShare * jitter, election.signal);
  }
}

type ObservedLease = { lease: LeaseFacts; readonly sinceMs: number };

async function tryToLead(candidacy: Candidacy): Promise<ObservedLease | undefined> {
  const read = await readLease(candidacy.kube, refOf(candidacy));
  if (!read.ok) {
    tellRefusal(candidacy, read.refusal);
    return undefined;
  }
  if (!isFree(candidacy, read.value)) return undefined;
  const sinceMs = performance.now();
  const taken = await claim(candidacy, read.value, candidacy.election.identity);
  if (taken.ok) return { lease: taken.value, sinceMs };
  // A standby that was slower than another one has nothing to tell.
  if (taken.refusal.kind !== 'conflict') tellRefusal(candidacy, taken.refusal);
  return undefined;
}

/** Whether the lease may be taken: free, ours, or unrenewed for its whole length while we looked. */
function isFree(candidacy: Candidacy, lease: LeaseFacts | undefined): boolean {
  if (!lease || lease.holder === '' || lease.holder === candidacy.election.identity) return true;
  const nowMs = performance.now();
  if (candidacy.seen.resourceVersion !== lease.resourceVersion) {
    candidacy.seen = { resourceVersion: lease.resourceVersion, sinceMs: nowMs };
  }
  return nowMs - candidacy.seen.sinceMs > lease.durationSeconds * 1000;
}

/** One term of leadership: from the lease taken to the work ended. */
async function lead(candidacy: Candidacy, held: ObservedLease): Promise<void> {
  const term = new AbortController();
  const end = (): void => term.abort();
  const stopMs = leaseMs(candidacy) * stopShare;
  let deadline = setTimeout(end, held.sinceMs + stopMs - performance.now());
  const onRenewed = (sinceMs: number): void => {
    clearTimeout(deadline);
    deadline = setTimeout(end, sinceMs + stopMs - performance.now());
  };
  candidacy.election.signal.addEventListener('abort', end, { once: true });
  if (candidacy.election.signal.aborted) end();
  const working = work(candidacy, term.signal).finally(end);
  const last = await keepRenewing(candidacy, held.lease, { signal: term.signal, onRenewed });
  end();
  clearTimeout(deadline);
  candidacy.election.signal.removeEventListener('abort', end);
  // Only after the work has ended may somebody else begin.
  await working;
  if (last !== 'lost') await claim(candidacy, last, '');
}

async function work({ election }: Candidacy, signal: AbortSignal): Promise<void> {
  try {
    await election.onLeading(signal);
  } catch (error) {
    election.onProblem?.(`The leader failed: ${errorText(error)}`);
  }
}

/** Renews until the signal; returns the lease as last written, or `lost`. */
async function keepRenewing(
  candidacy: Candidacy,
  held: LeaseFacts,
  term: { readonly signal: AbortSignal; readonly onRenewed: (sinceMs: number) => void },
): Promise<LeaseFacts | 'lost'> {
  let lease = held;
  for (;;) {
    await pause(leaseMs(candidacy) * renewShare, term.signal);
    if (term.signal.aborted) return lease;
    const sinceMs = performance.now();
    const renewed = await claim(candidacy, lease, candidacy.election.identity);
    if (renewed.ok) {
      lease = renewed.value;
      term.onRenewed(sinceMs);
      continue;
    }
    tellRefusal(candidacy, renewed.refusal);
    const found = await lookAgain(candidacy, lease);
    if (found === 'lost') return 'lost';
    lease = found;
  }
}

function tellRefusal({ election }: Candidacy, refusal: Refusal): void {
  return election.onProblem?.(`Lease ${election.namespace}/${election.name}: ${refusal.message}`);
}

/** After a refused renewal: the lease if it is still ours, since an earlier write may have got through. */
async function lookAgain(candidacy: Candidacy, held: LeaseFacts): Promise<LeaseFacts | 'lost'> {
  const read = await readLease(candidacy.kube, refOf(candidacy));
  if (!read.ok) return held;
  return read.value?.holder === candidacy.election.identity ? read.value : 'lost';
}

function claim(candidacy: Candidacy, before: LeaseFacts | undefined, holder: string) {
  return claimLease(candidacy.kube, {
    ref: refOf(candidacy),
    before,
    holder,
    durationSeconds: candidacy.election.leaseSeconds,
    timeoutMs: leaseMs(candidacy) * renewShare,
  });
}

function refOf({ election: { namespace, name } }: Candidacy): LeaseRef {
  return { namespace, name };
}

function leaseMs({ election }: Candidacy): number {
  return election.leaseSeconds * 1000;
}
