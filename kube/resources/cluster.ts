/** Who the cluster is, and what people say about all of it or one node: pause and hold. */
import type { ClusterIdentity } from '../../domain/node.ts';
import type { EpochMs } from '../../domain/vocabulary/time.ts';
import { marks } from '../../domain/vocabulary/marks.ts';
import { mergePatch, perform } from '../transport/call.ts';
import type { Kube } from '../transport/connect.ts';
import { textAt, textsAt } from '../transport/raw.ts';
import type { Result } from '../transport/refusal.ts';
import { refuse } from '../transport/refusal.ts';

const systemPath = '/api/v1/namespaces/kube-system';

/** The cluster's id is the UID of its kube-system namespace; its name is the kubeconfig's context. */
export async function clusterIdentity(kube: Kube): Promise<Result<ClusterIdentity>> {
  const reply = await readSystem(kube);
  if (!reply.ok) return reply;
  const id = textAt(reply.value, 'metadata', 'uid');
  if (id === '') return refuse('transient', 'The kube-system namespace came without a UID.');
  return { ok: true, value: { id, name: kube.contextName, server: kube.server } };
}

/** The raw text of the pause annotation, or undefined when Slipway is not paused. */
export async function readPause(kube: Kube): Promise<Result<string | undefined>> {
  const reply = await readSystem(kube);
  if (!reply.ok) return reply;
  return { ok: true, value: textsAt(reply.value, 'metadata', 'annotations')[marks.pause] };
}

function readSystem(kube: Kube): Promise<Result<unknown>> {
  return perform(kube, { method: 'GET', path: systemPath, lane: 'isolation' });
}

/** What a person says when pausing or holding. */
export type PersonNote = {
  readonly by: string;
  readonly reason: string;
  readonly at: EpochMs;
};

export function writePause(kube: Kube, note: PersonNote): Promise<Result<undefined>> {
  return annotate(kube, systemPath, { [marks.pause]: noteText(note) });
}

export function clearPause(kube: Kube): Promise<Result<undefined>> {
  return annotate(kube, systemPath, { [marks.pause]: null });
}

export function writeHold(kube: Kube, node: string, note: PersonNote): Promise<Result<undefined>> {
  return annotate(kube, nodePath(node), { [marks.hold]: noteText(note) });
}

function noteText({ by, reason, at }: PersonNote): string {
  return JSON.stringify({ by, reason, at });
}

export function clearHold(kube: Kube, node: string): Promise<Result<undefined>> {
  return annotate(kube, nodePath(node), { [marks.hold]: null });
}

async function annotate(
  kube: Kube,
  path: string,
  annotations: Readonly<Record<string, string | null>>,
): Promise<Result<undefined>> {
  const reply = await perform(kube, {
    method: 'PATCH',
    path,
    lane: 'isolation',
    contentType: mergePatch,
    body: { metadata: { annotations } },
  });
  return reply.ok ? { ok: true, value: undefined } : reply;
}

function nodePath(name: string): string {
  return `/api/v1/nodes/${encodeURIComponent(name)}`;
}

/** The user name by which the API server knows us. */
export async function whoAmI(kube: Kube): Promise<Result<string>> {
  const reply = await perform(kube, {
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    timeoutMs: 5_000,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
  });
  if (!reply.ok) return reply;
  return { ok: true, value: textAt(reply.value, 'status', 'userInfo', 'username') };
}
