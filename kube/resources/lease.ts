/** Reading and writing one coordination Lease; every write is conditioned on the version that was read. */
import type { EpochMs } from '../../domain/vocabulary/time.ts';
import { perform } from '../transport/call.ts';
import type { Kube } from '../transport/connect.ts';
import { at, numberAt, textAt } from '../transport/raw.ts';
import type { Result } from '../transport/refusal.ts';

export type LeaseRef = { readonly namespace: string; readonly name: string };

export type LeaseFacts = {
  readonly resourceVersion: string;
  /** Empty when it was released. */
  readonly holder: string;
  readonly durationSeconds: number;
  readonly renewedAt: EpochMs;
  readonly acquireTime: string;
  readonly transitions: number;
};

/** The lease, or undefined where there is none yet. */
export async function readLease(
  kube: Kube,
  ref: LeaseRef,
): Promise<Result<LeaseFacts | undefined>> {
  const reply = await perform(kube, { method: 'GET', path: leasePath(ref), timeoutMs: 5_000 });
  if (reply.ok) return { ok: true, value: projectLease(reply.value) };
  const missing = reply.refusal.kind === 'not-found' && at(reply.refusal, 'reason') === 'NotFound';
  return missing ? { ok: true, value: undefined } : reply;
}

export type LeaseClaim = {
  readonly ref: LeaseRef;
  /** What was read; undefined creates the lease. */
  readonly before: LeaseFacts | undefined;
  /** Empty releases it. */
  readonly holder: string;
  readonly durationSeconds: number;
  readonly timeoutMs: number;
};

/** Writes the claim if nobody wrote since `before`; `conflict` means somebody did. */
export async function claimLease(kube: Kube, claim: LeaseClaim): Promise<Result<LeaseFacts>> {
  const { ref, before, timeoutMs } = claim;
  const reply = await perform(kube, {
    method: before ? 'PUT' : 'POST',
    path: before ? leasePath(ref) : leasesPath(ref),
    timeoutMs,
    lane: 'isolation',
    body: {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { ...ref, ...(before && { resourceVersion: before.resourceVersion }) },
      spec: specOf(claim),
    },
  });
  return reply.ok ? { ok: true, value: projectLease(reply.value) } : reply;
}

function leasePath(ref: LeaseRef): string {
  return `${leasesPath(ref)}/${encodeURIComponent(ref.name)}`;
}

function leasesPath({ namespace }: LeaseRef): string {
  return `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;
}

function specOf({ before, holder, durationSeconds }: LeaseClaim): unknown {
  const renewTime = microTime();
  const keeps = before?.holder === holder && before.acquireTime !== '';
  return {
    holderIdentity: holder,
    leaseDurationSeconds: durationSeconds,
    acquireTime: keeps ? before.acquireTime : renewTime,
    renewTime,
    leaseTransitions: (before?.transitions ?? -1) + (keeps ? 0 : 1),
  };
}

/** The API's time with microseconds. */
function microTime(): string {
  return new Date().toISOString().replace('Z', '000Z');
}

function projectLease(raw: unknown): LeaseFacts {
  return {
    resourceVersion: textAt(raw, 'metadata', 'resourceVersion'),
    holder: textAt(raw, 'spec', 'holderIdentity'),
    durationSeconds: numberAt(raw, 'spec', 'leaseDurationSeconds') ?? 0,
    renewedAt: Date.parse(textAt(raw, 'spec', 'renewTime')) || 0,
    acquireTime: textAt(raw, 'spec', 'acquireTime'),
    transitions: numberAt(raw, 'spec', 'leaseTransitions') ?? 0,
  };
}
