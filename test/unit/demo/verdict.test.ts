/** The demo's judge: an end is right only if the logs of the API server and of the BMC say so. */
import { describe, expect, it } from 'vitest';
import { scenarios } from '../../../demo/scenarios.ts';
import { judge } from '../../../demo/verdict.ts';
import type { ApiWrite } from '../../../embedded/oracle/index.ts';
import type { BmcCall } from '../../../schemas/local/hardware.ts';
import { sampleNode } from '../../support/samples.ts';

type NodeIs = {
  readonly user?: string;
  readonly cordoned?: boolean;
  readonly faulty?: boolean;
  readonly boot?: string;
  readonly outcome?: string;
  readonly marked?: boolean;
};

const actor = 'slipway-actor';

/** One write to the node after the other, a second apart. */
function nodeWrites(...versions: NodeIs[]): ApiWrite[] {
  return versions.map((version, index) => write(index, version));
}

function pod(name: string, labels: object): ApiWrite {
  return {
    ...write(0, { user: actor }),
    resource: 'pods',
    name,
    response: {
      metadata: { name, namespace: 'default', labels },
      spec: { nodeName: sampleNode },
    },
  };
}

function eviction(name: string, status: number): ApiWrite {
  const request = { ...write(0, { user: actor }), resource: 'pods', verb: 'create' };
  return { ...request, subresource: 'eviction', name, status, response: {} };
}

function write(index: number, version: NodeIs): ApiWrite {
  const { user = 'machine', cordoned = false, faulty = true, boot = 'b1', outcome } = version;
  const mark = JSON.stringify({ repair: 'r-1', at: 0, ...(outcome && { outcome }) });
  return {
    user,
    verb: 'patch',
    resource: 'nodes',
    subresource: undefined,
    namespace: undefined,
    name: sampleNode,
    status: 200,
    request: {},
    receivedAtMs: index * 1_000,
    answeredAtMs: index * 1_000,
    response: {
      metadata: {
        name: sampleNode,
        uid: 'u',
        resourceVersion: String(index + 1),
        annotations: (version.marked ?? cordoned) ? { 'slipway.dev/isolation': mark } : {},
      },
      spec: { unschedulable: cordoned },
      status: {
        conditions: [
          { type: 'Ready', status: 'True' },
          { type: 'KernelDeadlock', status: faulty ? 'True' : 'False' },
        ],
        nodeInfo: { bootID: boot, systemUUID: 's' },
      },
    },
  };
}

function reset(resetType: BmcCall['resetType']): BmcCall {
  const at = '2026-11-22T17:50:21.790Z';
  return { at, system: sampleNode, method: 'POST', path: '/', resetType, answer: 204 };
}

function verdictOf(letter: string, writes: readonly ApiWrite[], calls: readonly BmcCall[] = []) {
  const scenario = scenarios.find((one) => one.letter === letter)!;
  return judge(scenario, sampleNode, { writes, calls });
}

const cordon: NodeIs = { user: actor, cordoned: true };
const booted: NodeIs = { cordoned: true, faulty: false, boot: 'b2' };
const uncordon: NodeIs = { user: actor, faulty: false, boot: 'b2' };

describe('the judge of the demo', () => {
  it('calls a story open until the logs show its end', () => {
    expect(verdictOf('a', nodeWrites({}, cordon))).toMatchObject({ outcome: 'open' });
  });

  it('believes a repair that was isolated once, reset once, booted and returned', () => {
    const writes = nodeWrites({}, cordon, booted, uncordon);
    expect(verdictOf('a', writes, [reset('GracefulRestart')])).toEqual({
      outcome: 'repaired',
      seconds: 3,
      endedAtMs: 3_000,
      repairId: 'r-1',
      resets: ['GracefulRestart'],
      refusedEvictions: 0,
      problems: [],
    });
  });

  it.each([
    ['a second reset', [cordon, booted, uncordon], ['GracefulRestart', 'GracefulRestart']],
    ['another reset', [cordon, booted, uncordon], ['PowerCycle']],
    ['no new boot', [cordon, { ...booted, boot: 'b1' }, { ...uncordon, boot: 'b1' }]],
    ['a second isolation', [cordon, booted, uncordon, { ...cordon, faulty: false }]],
    ['a return by somebody else', [cordon, booted, { ...uncordon, user: 'person-alice' }]],
    ['a return while it is sick', [cordon, { ...uncordon, faulty: true }]],
  ])('finds %s', (_name, versions: NodeIs[], types: string[] = ['GracefulRestart']) => {
    const calls = types.map((type) => reset(type as 'PowerCycle'));
    expect(verdictOf('a', nodeWrites({}, ...versions), calls).problems).not.toEqual([]);
  });

  it('tells a hand-over by its mark', () => {
    const kept: NodeIs = { ...cordon, boot: 'b2', outcome: 'escalated' };
    const calls = [reset('GracefulRestart'), reset('PowerCycle')];
    const verdict = verdictOf('c', nodeWrites({}, cordon, kept), calls);
    expect(verdict).toMatchObject({ outcome: 'escalated', problems: [] });
  });

  const label = { 'slipway.dev/repair': 'r-1' };
  const tried = [pod('vault-1', label), eviction('vault-1', 429), pod('vault-1', {})];

  it('tells a cancel from a recovery by the fault that is still there', () => {
    const cancelled = nodeWrites({}, cordon, { user: actor });
    const recovered = nodeWrites({}, cordon, { user: actor, faulty: false });
    expect(verdictOf('e', [...cancelled, ...tried])).toMatchObject({
      outcome: 'cancelled',
      problems: [],
      refusedEvictions: 1,
    });
    expect(verdictOf('d', [...recovered, ...tried])).toMatchObject({
      outcome: 'recovered',
      problems: [],
    });
  });

  it.each([
    ['a pod that was evicted', [...tried, eviction('vault-1', 201)]],
    ['a label that was left', tried.slice(0, 2)],
    ['a budget that was never asked', [pod('vault-1', {})]],
  ])('finds %s', (_name, pods) => {
    const writes = [...nodeWrites({}, cordon, { user: actor }), ...pods];
    expect(verdictOf('e', writes).problems).toHaveLength(1);
  });

  it('finds a mark that was left', () => {
    const writes = [...nodeWrites({}, cordon, { user: actor, marked: true }), ...tried];
    expect(verdictOf('e', writes).problems).toHaveLength(1);
  });
});
