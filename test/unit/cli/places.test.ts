import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isFailure } from '../../../cli/failure.ts';
import type { Flags, Io } from '../../../cli/io.ts';
import { findPlaces, type Places } from '../../../cli/places.ts';
import { screen80 } from '../../support/screens.ts';

let dir = '';
const state = {
  version: 1,
  stackId: 's',
  pid: 1,
  startedAt: '2026-11-22T00:00:00.000Z',
  ready: true,
  natsUrl: 'nats://local',
  temporal: { address: 'local:7233', namespace: 'slipway' },
  kubernetes: {
    url: 'https://local',
    caFile: '/ca',
    kubeconfigs: {
      admin: '/k/admin',
      observer: '/k/observer',
      actor: '/k/actor',
      alice: '/k/alice',
    },
    auditLog: '/audit',
  },
  engineConfig: '/engine',
  kubectl: '/bin/kubectl',
  children: [],
  ports: {},
};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-places-'));
  await writeFile(join(dir, 'state.json'), JSON.stringify(state));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function placesOf(flags: Flags, env: Io['env'] = {}): Promise<Places> {
  const places = await findPlaces({ io: io(env), flags });
  if (isFailure(places)) throw new Error(places.what);
  return places;
}

function io(env: Io['env']): Io {
  const interrupted = new AbortController().signal;
  const silent = (): void => undefined;
  const now = (): number => 0;
  return { out: silent, err: silent, screen: screen80, calledAs: 'slipway', env, now, interrupted };
}

test('a local stack tells everything, and its person acts', async () => {
  expect(await placesOf({ dataDir: dir })).toMatchObject({
    kubeconfig: '/k/alice',
    nats: 'nats://local',
    temporal: { address: 'local:7233', namespace: 'slipway' },
    local: { stackId: 's' },
  });
});

test('a stack that is named outweighs the KUBECONFIG of everyday work', async () => {
  const places = await placesOf({ dataDir: dir }, { KUBECONFIG: '/home/ada/.kube/config' });
  expect(places.kubeconfig).toBe('/k/alice');
});

test('with a foreign kubeconfig nothing of the local stack is used', async () => {
  const places = await placesOf({ dataDir: dir, kubeconfig: '/prod' });
  expect(places).toMatchObject({ kubeconfig: '/prod', nats: undefined, temporal: undefined });
  expect(places.local).toBeUndefined();
});

test("one of the stack's own kubeconfigs keeps the stack", async () => {
  const places = await placesOf({ dataDir: dir, kubeconfig: '/k/admin' });
  expect(places).toMatchObject({ kubeconfig: '/k/admin', nats: 'nats://local' });
});

test('flags outweigh the environment, and the environment the stack', async () => {
  const env = {
    SLIPWAY_NATS_URL: 'nats://env',
    SLIPWAY_TEMPORAL_ADDRESS: 'env:1',
    SLIPWAY_TEMPORAL_NAMESPACE: 'other',
    SLIPWAY_CLUSTER: 'c-env',
  };
  const places = await placesOf({ dataDir: dir, nats: 'nats://flag' }, env);
  expect(places).toMatchObject({
    nats: 'nats://flag',
    temporal: { address: 'env:1', namespace: 'other' },
    cluster: 'c-env',
  });
});

test('printed commands can be pasted: they lead to the same servers', async () => {
  const { commands } = await placesOf({ dataDir: dir, nats: 'nats://a b' });
  expect(commands.slipway('why n')).toBe(`slipway why n --nats 'nats://a b' --data-dir ${dir}`);
  expect(commands.kubectl).toBe('/bin/kubectl --kubeconfig /k/alice');
});
