/** What is kept of Nodes and Pods. Ownership as a real API server records it is in test/int/kube/resources/nodes.test.ts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { projectNode, projectPod } from '../../../../kube/resources/project.ts';

function owning(...managers: string[]) {
  return {
    metadata: {
      managedFields: managers.map((manager) => ({
        manager,
        fieldsV1: { 'f:spec': { 'f:unschedulable': {} } },
      })),
    },
  };
}

describe('a projected node', () => {
  it('keeps what decisions need', () => {
    const raw = {
      metadata: {
        name: 'n1',
        uid: 'u1',
        resourceVersion: '12',
        labels: { 'node-role.kubernetes.io/control-plane': '' },
        annotations: { 'slipway.dev/hold': 'mine', 'other.dev/x': 'y' },
        deletionTimestamp: '2026-01-01T00:00:00Z',
      },
      spec: {
        unschedulable: true,
        taints: [{ key: 'karpenter.sh/disrupted', effect: 'NoSchedule' }],
      },
      status: {
        nodeInfo: { bootID: 'b1', systemUUID: 's1' },
        conditions: [
          {
            type: 'Ready',
            status: 'True',
            reason: 'KubeletReady',
            message: 'ok',
            lastHeartbeatTime: '2026-01-01T00:00:05Z',
          },
          { type: 'Odd', status: 'Perhaps' },
        ],
      },
    };
    expect(projectNode(raw)).toEqual({
      name: 'n1',
      uid: 'u1',
      resourceVersion: '12',
      bootId: 'b1',
      systemUuid: 's1',
      unschedulable: true,
      ready: 'True',
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'ok',
          heartbeatAt: Date.UTC(2026, 0, 1, 0, 0, 5),
        },
        { type: 'Odd', status: 'Unknown', reason: '', message: '' },
      ],
      marks: { 'slipway.dev/hold': 'mine' },
      taints: [{ key: 'karpenter.sh/disrupted', value: '', effect: 'NoSchedule' }],
      controlPlane: true,
      deleting: true,
    });
  });

  it('counts as not known to be ready without a Ready condition', () => {
    expect(projectNode({}).ready).toBe('Unknown');
  });

  it('names whoever owns the cordon, and another before us where both do', () => {
    expect(projectNode(owning('kubectl')).unschedulableOwner).toBe('kubectl');
    expect(projectNode(owning('slipway-isolation')).unschedulableOwner).toBe('slipway-isolation');
    expect(projectNode(owning('slipway-isolation', 'argo')).unschedulableOwner).toBe('argo');
    expect(projectNode({})).not.toHaveProperty('unschedulableOwner');
  });
});

describe('a projected pod', () => {
  it('keeps what decisions need', () => {
    const raw = {
      metadata: {
        namespace: 'ns',
        name: 'p1',
        uid: 'u1',
        labels: { 'slipway.dev/repair': 'r-1', app: 'web' },
        annotations: { 'kubernetes.io/config.mirror': 'hash' },
        ownerReferences: [{ kind: 'Lease' }, { kind: 'ReplicaSet', name: 'web', controller: true }],
        creationTimestamp: '2026-01-01T00:00:07Z',
        deletionTimestamp: '2026-01-01T00:00:00Z',
      },
      spec: { nodeName: 'n1', terminationGracePeriodSeconds: 5, volumes: [{ emptyDir: {} }] },
      status: { phase: 'Running' },
    };
    expect(projectPod(raw)).toEqual({
      namespace: 'ns',
      name: 'p1',
      uid: 'u1',
      node: 'n1',
      phase: 'Running',
      repair: 'r-1',
      ownerKind: 'ReplicaSet',
      ownerName: 'web',
      mirror: true,
      deleting: true,
      graceSeconds: 5,
      createdAt: Date.UTC(2026, 0, 1, 0, 0, 7),
      toleratesCordon: false,
      localData: true,
    });
  });

  const cordon = 'node.kubernetes.io/unschedulable';
  it.each<[object, boolean]>([
    [{ operator: 'Exists' }, true],
    [{ operator: 'Exists', effect: 'NoSchedule' }, true],
    [{ key: cordon, operator: 'Exists' }, true],
    [{ key: cordon, effect: 'NoSchedule' }, true],
    [{ operator: 'Exists', effect: 'NoExecute' }, false],
    [{ key: cordon, operator: 'Equal', value: 'x' }, false],
    [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists' }, false],
    [{}, false],
  ])('tolerates a cordon or not: %j', (toleration, expected) => {
    const pod = projectPod({ spec: { tolerations: [{ key: 'other' }, toleration] } });
    expect(pod.toleratesCordon).toBe(expected);
  });

  it.each([
    ['karpenter.sh/do-not-disrupt', 'true', true],
    ['karpenter.sh/do-not-disrupt', 'false', false],
    ['cluster-autoscaler.kubernetes.io/safe-to-evict', 'false', true],
    ['cluster-autoscaler.kubernetes.io/safe-to-evict', 'true', false],
  ])('is protected by %s=%s: %s', (key, value, expected) => {
    const pod = projectPod({ metadata: { annotations: { [key]: value } } });
    expect(pod.protectedBy).toBe(expected ? key : undefined);
  });

  it('gives a bare pod no owner and the usual grace', () => {
    const bare = projectPod({ metadata: { name: 'p' } });
    expect(bare).toMatchObject({ graceSeconds: 30, mirror: false, deleting: false });
    expect(bare).not.toHaveProperty('ownerKind');
    expect(bare).not.toHaveProperty('repair');
  });

  it('tells when our mark was written, by the API server', () => {
    const ours = {
      manager: 'slipway-isolation',
      time: '2026-01-01T00:00:09Z',
      fieldsV1: { 'f:metadata': { 'f:annotations': { 'f:slipway.dev/isolation': {} } } },
    };
    const other = { ...ours, manager: 'kubectl' };
    const at = (managedFields: unknown) => projectNode({ metadata: { managedFields } }).isolatedAt;
    expect(at([other, ours])).toBe(Date.UTC(2026, 0, 1, 0, 0, 9));
    expect(at([other])).toBeUndefined();
    expect(at([{ ...ours, time: undefined }])).toBeUndefined();
  });

  it('takes anything for an object without throwing', () => {
    fc.assert(
      fc.property(fc.anything(), (raw) => {
        expect(projectNode(raw).unschedulable).toBeTypeOf('boolean');
        expect(projectPod(raw).mirror).toBeTypeOf('boolean');
      }),
    );
  });
});
