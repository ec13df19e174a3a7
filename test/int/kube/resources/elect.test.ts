/** Leadership by a real Lease. That the leader's work is safe to hand over is for its own tests. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { namespaces } from '../../../../domain/vocabulary/marks.ts';
import { waitFor } from '../../../../embedded/waitFor.ts';
import { electLeader, readLease } from '../../../../kube/index.ts';
import type { Kube } from '../../../../kube/index.ts';
import { connectAs, connectThroughHttpProxy, connectThroughProxy } from '../../../support/kube.ts';
import { useStack } from '../../../support/stack.ts';

const stack = useStack({ bmc: false });
let actor: Kube;

beforeAll(async () => {
  actor = await connectAs(stack(), 'actor');
});

afterAll(() => actor.close());

type Candidate = {
  readonly isLeading: () => boolean;
  readonly terms: () => number;
  /** Gives up the candidacy and waits for its end. */
  readonly leave: () => Promise<void>;
  readonly problems: string[];
};

type Special = { readonly leaseSeconds?: number; readonly work?: () => Promise<void> };

/** Stands for election until the test ends. */
function stand(kube: Kube, name: string, special: Special = {}): Candidate {
  const candidacy = new AbortController();
  const problems: string[] = [];
  let leading = false;
  let terms = 0;
  const ended = electLeader(kube, {
    namespace: namespaces.slipway,
    name,
    identity: randomUUID(),
    leaseSeconds: special.leaseSeconds ?? 1,
    signal: candidacy.signal,
    onProblem: (problem) => problems.push(problem),
    onLeading: async (signal) => {
      leading = true;
      terms += 1;
      await special.work?.();
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      leading = false;
    },
  });
  const leave = async (): Promise<void> => {
    candidacy.abort();
    await ended;
  };
  onTestFinished(leave);
  return { isLeading: () => leading, terms: () => terms, leave, problems };
}

async function until(condition: () => boolean): Promise<void> {
  const met = await waitFor(() => condition() || undefined, { deadlineMs: 8_000 });
  if (!met) throw new Error(`in vain: ${condition.toString()}`);
}

describe('a lease', () => {
  it('is released by a holder that leaves, after its work has ended', async () => {
    const first = stand(actor, 'released', { leaseSeconds: 60 });
    await until(first.isLeading);
    await first.leave();
    expect(first.isLeading()).toBe(false);
    const lease = await readLease(actor, { namespace: namespaces.slipway, name: 'released' });
    expect(lease).toMatchObject({ ok: true, value: { holder: '' } });
  });

  it('passes on within moments of a release', async () => {
    const first = stand(actor, 'handed-on');
    await until(first.isLeading);
    const second = stand(actor, 'handed-on');
    await first.leave();
    await until(second.isLeading);
    expect(first.terms()).toBe(1);
    const ref = { namespace: namespaces.slipway, name: 'handed-on' };
    const lease = await readLease(actor, ref);
    expect(lease.ok && lease.value?.transitions).toBe(2);
  });

  it('is kept by renewing', async () => {
    const first = stand(actor, 'kept');
    await until(first.isLeading);
    const second = stand(actor, 'kept');
    const ref = { namespace: namespaces.slipway, name: 'kept' };
    const versions = new Set<string>();
    const renewed = await waitFor(
      async () => {
        const lease = await readLease(actor, ref);
        if (lease.ok && lease.value) versions.add(lease.value.resourceVersion);
        return versions.size > 6 || undefined;
      },
      { deadlineMs: 8_000 },
    );
    expect(renewed).toBe(true);
    expect(first.terms()).toBe(1);
    expect(second.terms()).toBe(0);
  });

  it('is lost by a leader that is cut off, before the standby takes it', async () => {
    const { kube, proxy } = await connectThroughProxy(stack(), 'actor');
    onTestFinished(async () => {
      await kube.close();
      await proxy.close();
    });
    const first = stand(kube, 'cut-off', { leaseSeconds: 2 });
    await until(first.isLeading);
    const second = stand(actor, 'cut-off', { leaseSeconds: 2 });
    let both = 0;
    const watch = setInterval(() => {
      if (first.isLeading() && second.isLeading()) both += 1;
    }, 5);
    onTestFinished(() => clearInterval(watch));
    proxy.stall('all');
    await until(second.isLeading);
    expect(first.isLeading()).toBe(false);
    expect(both).toBe(0);
    proxy.reset();
    proxy.resume();
  });

  it('survives a renewal whose answer was lost', async () => {
    const { kube, proxy } = await connectThroughHttpProxy(stack(), 'actor');
    onTestFinished(async () => {
      await kube.close();
      await proxy.close();
    });
    const first = stand(kube, 'doubtful', { leaseSeconds: 3 });
    await until(first.isLeading);
    let lost = 0;
    proxy.befall(({ method }) =>
      method === 'PUT' && lost < 1 && (lost += 1) > 0 ? { kind: 'lose-answer' } : undefined,
    );
    await until(() => lost === 1);
    const puts = (): number => proxy.seen.filter(({ method }) => method === 'PUT').length;
    const before = puts();
    await until(() => puts() > before + 2);
    expect(first.isLeading()).toBe(true);
    expect(first.terms()).toBe(1);
  });

  it('is given up by a leader whose work fails, and taken again', async () => {
    let tries = 0;
    const work = async (): Promise<void> => {
      tries += 1;
      if (tries === 1) throw new Error('first try fails');
    };
    const only = stand(actor, 'failing', { work });
    await until(() => only.terms() === 2 && only.isLeading());
    expect(only.problems).toContain('The leader failed: first try fails');
  });

  it('is forbidden outside of its namespace, which is told and not thrown', async () => {
    const observer = await connectAs(stack(), 'observer');
    onTestFinished(() => observer.close());
    const barred = stand(observer, 'barred');
    await until(() => barred.problems.length > 0);
    expect(barred.problems[0]).toContain('forbidden');
    expect(barred.isLeading()).toBe(false);
  });
});
