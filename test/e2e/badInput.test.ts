/** Input that cannot be right is set aside with its reason, or refused with a sentence; nothing else suffers. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FaultEvent } from '../../domain/fault.ts';
import { buckets } from '../../domain/vocabulary/hub.ts';
import { mutationsBy } from '../../embedded/oracle/index.ts';
import { readDead } from '../../event-hub/dead.ts';
import { openBucket } from '../../event-hub/index.ts';
import { faultSubject } from '../../event-hub/subjects.ts';
import { formatFaultEvent } from '../../schemas/wire/faultEvent.ts';
import { policyFile, useLoop } from '../support/loop.ts';
import { slipway } from '../support/process.ts';
import { faultEvent } from '../support/samples.ts';

const loop = useLoop({
  mode: 'act',
  nodes: 8,
  policies: policyFile([{ name: 'quick', checks: ['KernelDeadlock'] }]),
});

/** A report about a node as its own agent would make it. */
async function reportOn(node: string, changes: Partial<FaultEvent> = {}): Promise<FaultEvent> {
  const seen = await loop().stack.node(node);
  const nodeUid = seen!.metadata.uid;
  const bootId = seen!.status.nodeInfo.bootID;
  return faultEvent({ cluster: loop().cluster, node, nodeUid, bootId, counter: 1e9, ...changes });
}

function wire(event: FaultEvent): string {
  const text = formatFaultEvent(event);
  if (!text.ok) throw new Error(text.why);
  return text.value;
}

async function store(at: FaultEvent, body: string | Uint8Array): Promise<number> {
  return (await loop().hub.jetstream.publish(faultSubject(at), body)).seq;
}

describe.concurrent('a report', () => {
  test('that cannot be read, or is not what its subject says, is kept in DEAD with the reason', async () => {
    const node = loop().takeNode();
    const event = await reportOn(node);
    const bad = new Map([
      [await store(event, '{"specversion":'), 'malformed'],
      [await store(event, new Uint8Array([0xff, 0xfe])), 'malformed'],
      [await store(event, wire(event).replace('fault.v1', 'fault.v2')), 'unknown-version'],
      [await store(event, wire(event).padEnd(65 * 1024)), 'oversize'],
      [await store(event, wire(await reportOn(loop().takeNode()))), 'wrong-subject'],
      [await store(event, wire({ ...event, cluster: 'another' })), 'wrong-subject'],
    ]);
    await loop().fail(node);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    const letters = await loop().until('all letters are dead', async () => {
      const read = await readDead(loop().hub, loop().cluster);
      const ours = read.kind === 'read' ? read.letters.filter((one) => bad.has(one.sequence)) : [];
      return ours.length === bad.size ? ours : undefined;
    });
    expect(new Map(letters.map(({ sequence, reason }) => [sequence, reason]))).toEqual(bad);
    for (const { detail } of letters) expect(detail).not.toBe('');
    expect(loop().ends(node)).toHaveLength(1);
  });

  test('about a node that does not exist touches nothing', async () => {
    const node = 'ip-10-9-9-9.eu-west-1.compute.internal';
    const event = faultEvent({ cluster: loop().cluster, node });
    await store(event, wire(event));
    await loop().ignored(node, 'node-unknown');
    expect(loop().entries(node)).toEqual([]);
  });

  test('that claims another UID for a node neither opens a repair nor hides what is true of it', async () => {
    const node = loop().takeNode();
    await loop().fail(node);
    await loop().ended(node);
    const event = await reportOn(node, { nodeUid: '00000000-0000-4000-8000-000000000bad' });
    await store(event, wire(event));
    await loop().ignored(node, 'wrong-node-uid');
    await loop().fail(node);
    expect(await loop().ended(node, 2)).toMatchObject({ outcome: 'repaired' });
  });
});

test('a record that nobody can read stops its own node and no other', async () => {
  const [poisoned, sound] = [loop().takeNode(), loop().takeNode()];
  const records = await openBucket<unknown>(loop().hub, {
    name: buckets.episodes,
    cluster: loop().cluster,
    parse: (value) => value,
  });
  await records.put(poisoned, { version: 99, episode: 'unreadable' });
  const before = Date.now();
  await loop().fail(poisoned);
  await loop().fail(sound);
  expect(await loop().ended(sound)).toMatchObject({ outcome: 'repaired' });
  loop().stack.child('engine').kill('SIGKILL');
  await loop().stack.child('engine').restart();
  await loop().fail(sound);
  expect(await loop().ended(sound, 2)).toMatchObject({ outcome: 'repaired' });
  const touched = mutationsBy(await loop().writes(), 'slipway', before);
  expect(touched.filter(({ name }) => name === poisoned)).toEqual([]);
  await records.remove(poisoned);
  expect(await loop().ended(poisoned)).toMatchObject({ outcome: 'repaired' });
});

const exitWithinMs = 30_000;

describe('the engine', () => {
  const run = async (
    change: (config: Record<string, unknown>) => void,
  ): Promise<{ code: number | string; said: string }> => {
    const { dataDir, state } = loop().stack;
    const config = JSON.parse(await readFile(state.engineConfig, 'utf8')) as Record<
      string,
      unknown
    >;
    change(config);
    const file = join(dataDir, 'bad-engine.yaml');
    await writeFile(file, JSON.stringify(config));
    const engine = slipway('engine', '--config', file);
    const hangs = setTimeout(() => engine.process.kill('SIGKILL'), exitWithinMs);
    const code = await engine.exitCode;
    clearTimeout(hangs);
    return { code, said: engine.output() };
  };

  test('refuses a policy with mistakes, and names file, line and what is allowed', async () => {
    const path = join(loop().stack.dataDir, 'bad-policy.yaml');
    await writeFile(
      path,
      'apiVersion: slipway.dev/v1\nkind: RepairPolicy\nmetadata:\n  name: bad\nspec:\n  chekcs: [Ready]\n  ladder: []\n',
    );
    const { code, said } = await run((config) => Object.assign(config, { policies: path }));
    expect(code).toBe(2);
    expect(said).toContain(`${path}:6`);
    expect(said).toContain('unknown key chekcs');
    expect(said).not.toMatch(/\n\s+at /);
  });

  test('refuses a configuration that misses something, and says how to set it', async () => {
    const { code, said } = await run((config) => delete config['nats']);
    expect(code).toBe(2);
    expect(said).toContain('nats.url');
    expect(said).toContain('SLIPWAY_NATS_URL');
  });

  test.each([
    ['is not there', async () => undefined],
    ['is no YAML', (path: string) => writeFile(path, 'clusters: [')],
    ['names no cluster', (path: string) => writeFile(path, 'apiVersion: v1\nkind: Config\n')],
  ])('says which kubeconfig %s', async (_what, prepare) => {
    const path = join(loop().stack.dataDir, 'bad.kubeconfig');
    await prepare(path);
    const { code, said } = await run((config) =>
      Object.assign(config, { kubernetes: { observerKubeconfig: path, actorKubeconfig: path } }),
    );
    expect(code).toBe(1);
    expect(said).toContain(path);
    expect(said).not.toMatch(/\n\s+at /);
  });

  test.each([
    ['NATS', 'nats.url', { nats: { url: 'nats://127.0.0.1:1' } }],
    ['Temporal', 'temporal.address', { temporal: { address: '127.0.0.1:1' } }],
  ])(
    'says that %s cannot be reached, and which setting to correct',
    async (_name, setting, change) => {
      const { code, said } = await run((config) => Object.assign(config, change));
      expect(code).toBe(1);
      expect(said).toContain(setting);
      expect(said).not.toMatch(/\n\s+at /);
    },
  );
});
