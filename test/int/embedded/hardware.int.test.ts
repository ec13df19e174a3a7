/** The simulated machines, reset as the engine resets them: by Redfish. */
import { expect, test } from 'vitest';
import { readBmcCalls, resets } from '../../../embedded/oracle/index.ts';
import { waitFor } from '../../../embedded/waitFor.ts';
import type { ObservedNode } from '../../../schemas/local/observedNode.ts';
import { useStack } from '../../support/stack.ts';

const stack = useStack();
const basic = `Basic ${Buffer.from('slipway:simulated').toString('base64')}`;
const quick = [100, 200] as const;

let used = 0;
async function newNode(): Promise<string> {
  const [node = { name: '' }] = await stack().createNodes(1, { from: used });
  used += 1;
  return node.name;
}

function reset(node: string, type: string, signal?: AbortSignal): Promise<Response> {
  return call(`/redfish/v1/Systems/${node}/Actions/ComputerSystem.Reset`, {
    method: 'POST',
    body: JSON.stringify({ ResetType: type }),
    ...(signal && { signal }),
  });
}

function call(
  path: string,
  init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
): Promise<Response> {
  return fetch(`${stack().state.bmc?.url}${path}`, {
    ...init,
    headers: { authorization: basic, 'content-type': 'application/json', ...init.headers },
  });
}

function conditions(node: ObservedNode | undefined): Record<string, string> {
  return Object.fromEntries(
    node?.status.conditions.map(({ type, status }) => [type, status]) ?? [],
  );
}

function untilNewBoot(node: string, old: string | undefined): Promise<string | undefined> {
  return waitFor(
    async () => {
      const now = await bootId(node);
      return now === old ? undefined : now;
    },
    { deadlineMs: 10_000 },
  );
}

async function bootId(node: string): Promise<string | undefined> {
  return (await stack().node(node))?.status.nodeInfo.bootID;
}

function callLog() {
  return readBmcCalls(stack().state.bmc?.callLog ?? '');
}

test('a system is described as Redfish says, to those who log in', async () => {
  const node = await newNode();
  const root = await fetch(`${stack().state.bmc?.url}/redfish/v1/`);
  expect(await root.json()).toMatchObject({ Systems: { '@odata.id': '/redfish/v1/Systems' } });
  const stranger = await fetch(`${stack().state.bmc?.url}/redfish/v1/Systems/${node}`);
  expect(stranger.status).toBe(401);
  const system = await call(`/redfish/v1/Systems/${node}`);
  expect(await system.json()).toMatchObject({
    UUID: (await stack().node(node))?.status.nodeInfo.systemUUID,
    PowerState: 'On',
    Actions: {
      '#ComputerSystem.Reset': {
        target: `/redfish/v1/Systems/${node}/Actions/ComputerSystem.Reset`,
        'ResetType@Redfish.AllowableValues': expect.arrayContaining(['PowerCycle']),
      },
    },
  });
});

test('a session serves as well as a password', async () => {
  const node = await newNode();
  const opened = await fetch(`${stack().state.bmc?.url}/redfish/v1/SessionService/Sessions`, {
    method: 'POST',
    body: JSON.stringify({ UserName: 'slipway', Password: 'simulated' }),
  });
  expect(opened.status).toBe(201);
  const token = opened.headers.get('x-auth-token') ?? '';
  const system = await call(`/redfish/v1/Systems/${node}`, {
    headers: { authorization: '', 'x-auth-token': token },
  });
  expect(system.status).toBe(200);
});

test('a power cycle gives a new boot ID, clears problems and is in the call log', async () => {
  const node = await newNode();
  await stack().hardware.behave(node, { bootMs: [...quick] });
  await stack().setCondition(node, { type: 'ReadonlyFilesystem', status: 'True' });
  const old = await bootId(node);
  expect((await reset(node, 'PowerCycle')).status).toBe(204);
  expect(await untilNewBoot(node, old)).toBeDefined();
  expect(conditions(await stack().node(node))).toMatchObject({
    Ready: 'True',
    ReadonlyFilesystem: 'False',
  });
  expect(resets(await callLog(), node)).toMatchObject([{ resetType: 'PowerCycle', answer: 204 }]);
});

test('a machine beyond repair boots and keeps its problem', async () => {
  const node = await newNode();
  await stack().hardware.behave(node, { bootMs: [...quick], keepsProblems: true });
  await stack().setCondition(node, { type: 'KernelDeadlock', status: 'True' });
  const old = await bootId(node);
  await reset(node, 'ForceRestart');
  expect(await untilNewBoot(node, old)).toBeDefined();
  expect(conditions(await stack().node(node))).toMatchObject({
    Ready: 'True',
    KernelDeadlock: 'True',
  });
});

test('a reset that hangs leaves the machine down until a power cycle', async () => {
  const node = await newNode();
  await stack().hardware.behave(node, { bootMs: [...quick], neverBootsAfter: ['ForceRestart'] });
  const old = await bootId(node);
  await reset(node, 'ForceRestart');
  const down = await waitFor(
    async () => conditions(await stack().node(node))['Ready'] === 'Unknown' || undefined,
    { deadlineMs: 5_000 },
  );
  expect(down).toBe(true);
  expect(await bootId(node)).toBe(old);
  await reset(node, 'PowerCycle');
  expect(await untilNewBoot(node, old)).toBeDefined();
});

test('ignored, rejected and unanswered resets are told apart by answer and log', async () => {
  const node = await newNode();
  await stack().hardware.behave(node, { ignores: ['GracefulRestart'], rejects: ['PowerCycle'] });
  const old = await bootId(node);
  expect((await reset(node, 'GracefulRestart')).status).toBe(204);
  expect((await reset(node, 'PowerCycle')).status).toBe(409);
  expect((await reset(node, 'Nmi')).status).toBe(400);
  expect(await bootId(node)).toBe(old);
  expect(conditions(await stack().node(node))['Ready']).toBe('True');
  await stack().hardware.behave(node, { bootMs: [...quick], neverAnswers: true });
  await expect(reset(node, 'PowerCycle', AbortSignal.timeout(300))).rejects.toThrow(/abort/i);
  expect(await untilNewBoot(node, old)).toBeDefined();
  expect(resets(await callLog(), node).map(({ answer }) => answer)).toEqual([204, null]);
});

test('a BMC that was restarted knows its machines and how they behave', async () => {
  const node = await newNode();
  await stack().hardware.behave(node, { rejects: ['PowerCycle'] });
  const bmc = stack().child('bmc');
  bmc.kill('SIGKILL');
  await bmc.ended();
  await expect(call('/redfish/v1/')).rejects.toThrow('fetch failed');
  await bmc.restart();
  expect((await reset(node, 'PowerCycle')).status).toBe(409);
});
