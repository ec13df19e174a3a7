/** What Prometheus reads before, while and after a fault is healed. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { choosePorts } from '../../embedded/ports.ts';
import { waitFor } from '../../embedded/waitFor.ts';
import { openHub } from '../support/hub.ts';
import { policyFile } from '../support/loop.ts';
import { slipway } from '../support/process.ts';
import { useStack } from '../support/stack.ts';

const stack = useStack({ mode: 'act' });

/** Starts the engine of this stack with these settings more; the test ends it. */
async function startEngine(more: Readonly<Record<string, unknown>>) {
  const { engineConfig } = stack().state;
  const config = JSON.parse(await readFile(engineConfig, 'utf8')) as Record<string, unknown>;
  const file = `${engineConfig}.metrics`;
  await writeFile(file, JSON.stringify({ ...config, ...more }));
  const engine = slipway('engine', '--config', file);
  onTestFinished(async () => {
    engine.process.kill('SIGTERM');
    await engine.exitCode;
  });
  return engine;
}

async function clusterId(): Promise<string> {
  const { body } = await stack().api().get('/api/v1/namespaces/kube-system');
  return (body as { metadata: { uid: string } }).metadata.uid;
}

/** The values by name and labels, as they are written. */
async function scrape(url: string): Promise<ReadonlyMap<string, string>> {
  const answer = await fetch(url);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = (await answer.text()).split('\n').filter((line) => line.startsWith('slipway'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.split(' ').at(-1)!]),
  );
}

// A whole repair, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 180_000 });

test('the engine tells what it does, and a second one cannot listen at the same place', async () => {
  const policies = join(stack().dataDir, 'policies.yaml');
  await writeFile(policies, policyFile([{ name: 'quick', checks: ['KernelDeadlock'] }]));
  const [node, other] = await stack().createNodes(3);
  await stack().hardware.behave('*', { bootMs: [500, 1_000] });
  const listen = `127.0.0.1:${(await choosePorts(['metrics'], {})).metrics}`;
  const url = `http://${listen}/metrics`;
  const engine = await startEngine({ policies: [policies], metrics: { listen } });
  const until = async (name: string, value: RegExp): Promise<ReadonlyMap<string, string>> => {
    const ask = async (): Promise<ReadonlyMap<string, string> | undefined> => {
      const values = await scrape(url).catch(() => undefined);
      return value.test(values?.get(name) ?? '') ? values : undefined;
    };
    const found = await waitFor(ask, { deadlineMs: 60_000 });
    if (!found) throw new Error(`in vain: ${name} ${String(value)}\n${engine.output()}`);
    return found;
  };

  const before = await until('slipway_dispatch_active', /^1$/);
  expect(Object.fromEntries(before)).toMatchObject({
    'slipway_build_info{version="0.1.0",mode="act"}': '1',
    'slipway_permits_limit{policy="quick"}': '3',
    slipway_permits_held: '0',
    slipway_permits_waiting: '0',
    slipway_nodes_out: '0',
    slipway_repairs_open: '0',
    slipway_hub_connected: '1',
    slipway_dead_messages: '0',
    slipway_paused: '0',
  });
  expect(Number(before.get('slipway_watch_age_seconds{kind="nodes"}'))).toBeLessThan(60);
  expect(Number(before.get('slipway_event_loop_delay_seconds{of="max"}'))).toBeLessThan(60);
  expect(before.has('slipway_repairs_opened_total{policy="quick"}')).toBe(false);

  await stack().setCondition(other!.name, { type: 'DiskPressure', status: 'True' });
  await until('slipway_faults_ignored_total{reason="no-policy"}', /^[1-9]/);
  await stack().setCondition(node!.name, { type: 'KernelDeadlock', status: 'True' });
  await until('slipway_permits_held', /^1$/);
  const after = await until('slipway_repairs_closed_total{outcome="repaired"}', /^1$/);
  expect(Object.fromEntries(after)).toMatchObject({
    'slipway_repairs_opened_total{policy="quick"}': '1',
    'slipway_rung_attempts_total{driver="redfish",result="done"}': '1',
    slipway_isolation_seconds_count: '1',
  });
  await until('slipway_permits_held', /^0$/);
  await until('slipway_nodes_out', /^0$/);
  await until('slipway_hub_lag_messages', /^0$/);

  expect((await fetch(`http://${listen}/`)).status).toBe(404);
  const hub = await openHub(stack().state.natsUrl);
  onTestFinished(() => hub.close());
  await hub.jetstream.publish(`fault.${await clusterId()}.n1.Ready`, 'no event');
  await until('slipway_dead_messages', /^1$/);
  const second = await startEngine({ policies: [policies], metrics: { listen } });
  expect(await second.exitCode).toBe(1);
  expect(second.output()).toMatch(
    /The engine cannot run: cannot serve metrics at .* Free the port, or correct metrics\.listen\./,
  );
});
