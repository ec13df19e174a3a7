/** Reading and marking nodes (ADR 8). Every write is conditioned on the resource version that was looked at. */
import type { IsolationMark, NodeCondition, NodeFacts } from '../../domain/node.ts';
import type { EpochMs } from '../../domain/vocabulary/time.ts';
import { fieldManagers, marks } from '../../domain/vocabulary/marks.ts';
import { mergePatch, perform } from '../transport/call.ts';
import type { Kube } from '../transport/connect.ts';
import { listAll } from '../transport/listing.ts';
import { projectNode } from './project.ts';
import type { Result } from '../transport/refusal.ts';

const nodesPath = '/api/v1/nodes';

/** Reads one node from the API server itself, not from a cache. */
export async function getNode(kube: Kube, name: string): Promise<Result<NodeFacts>> {
  const reply = await perform(kube, { method: 'GET', path: nodePath(name), lane: 'isolation' });
  return reply.ok ? { ok: true, value: projectNode(reply.value) } : reply;
}

/** All nodes at one point in time: complete, or refused. */
export async function listNodes(kube: Kube): Promise<Result<readonly NodeFacts[]>> {
  const listed = await listAll(kube, { path: nodesPath, project: projectNode });
  return listed.ok ? { ok: true, value: listed.value.items } : listed;
}

/**
 * Cordons and marks in one patch. `conflict` means the node changed since `facts`: look again. The caller has checked
 * that the node carries no mark yet; a marked node must never be cordoned again.
 */
export function isolateNode(
  kube: Kube,
  facts: NodeFacts,
  mark: IsolationMark,
): Promise<Result<NodeFacts>> {
  return patchNode(kube, {
    facts,
    annotations: { [marks.isolation]: JSON.stringify(mark) },
    unschedulable: true,
  });
}

/** Undoes our isolation in one patch. The caller has checked that mark and cordon are ours. */
export function returnNode(kube: Kube, facts: NodeFacts): Promise<Result<NodeFacts>> {
  return patchNode(kube, { facts, annotations: { [marks.isolation]: null }, unschedulable: null });
}

/** Writes annotations and nothing else; null removes one. */
export function markNode(
  kube: Kube,
  facts: NodeFacts,
  annotations: Readonly<Record<string, string | null>>,
): Promise<Result<NodeFacts>> {
  return patchNode(kube, { facts, annotations });
}

type NodePatch = {
  readonly facts: NodeFacts;
  readonly annotations: Readonly<Record<string, string | null>>;
  /** Null removes the field, so that nobody owns it afterwards. */
  readonly unschedulable?: true | null;
};

async function patchNode(kube: Kube, patch: NodePatch): Promise<Result<NodeFacts>> {
  const { facts, annotations, unschedulable } = patch;
  const reply = await perform(kube, {
    method: 'PATCH',
    path: nodePath(facts.name),
    query: { fieldManager: fieldManagers.isolation },
    lane: 'isolation',
    contentType: mergePatch,
    body: {
      metadata: { uid: facts.uid, resourceVersion: facts.resourceVersion, annotations },
      ...(unschedulable !== undefined && { spec: { unschedulable } }),
    },
  });
  return reply.ok ? { ok: true, value: projectNode(reply.value) } : reply;
}

/** Sets one condition of a node's status, as a problem detector would. */
export async function writeCondition(
  kube: Kube,
  node: string,
  condition: Omit<NodeCondition, 'heartbeatAt'> & { readonly at: EpochMs },
): Promise<Result<undefined>> {
  const { type, status, reason, message, at } = condition;
  const time = new Date(at).toISOString();
  const written = { type, status, reason, message };
  const times = { lastHeartbeatTime: time, lastTransitionTime: time };
  const reply = await perform(kube, {
    method: 'PATCH',
    path: `${nodePath(node)}/status`,
    contentType: 'application/strategic-merge-patch+json',
    body: { status: { conditions: [{ ...written, ...times }] } },
  });
  return reply.ok ? { ok: true, value: undefined } : reply;
}

function nodePath(name: string): string {
  return `${nodesPath}/${encodeURIComponent(name)}`;
}
