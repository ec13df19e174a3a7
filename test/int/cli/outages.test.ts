/** What still works while a server is stopped, and what is said about it. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli, jsonOf } from '../../support/cli.ts';
import { policyFile, useLoop, viewNode } from '../../support/loop.ts';
import { deployOn } from '../../support/pods.ts';

const loop = useLoop({
  mode: 'act',
  nodes: 3,
  policies: policyFile([{ name: 'kernel', checks: ['KernelDeadlock'], soak: '5m' }]),
});

function here(): string[] {
  return ['--data-dir', loop().stack.dataDir];
}
const act = ['--reason', 'the test says so', '--yes'];

/** One story: each case finds what the one before left. */
describe('while servers are stopped', () => {
  let node = '';
  let id = '';
  let other = '';

  const untilBlocked = async (name: string): Promise<string> => {
    await deployOn(loop(), name, { minAvailable: 2 });
    await loop().fail(name);
    return (await loop().state(name, ({ pods }) => pods.blockers.length === 2)).repairId;
  };

  test('repairs wait behind a budget', async () => {
    node = loop().takeNode();
    [id, other] = await Promise.all([untilBlocked(node), untilBlocked(loop().takeNode())]);
    const shown = await jsonOf('Repair', ['repairs', 'show', id, ...here()]);
    expect(shown.repair.phase).toBe('migrating');
  });

  test('without the hub, why asks the repair itself, and a pause is written all the same', async () => {
    await loop().stack.child('nats').stop();
    const why = await jsonOf('Why', ['why', node, ...here()]);
    expect(why).toMatchObject({ exit: 6, unread: [{ code: 'SLP-202' }] });
    expect(why.why.map(({ code }) => code)).toContain('budget-blocks');
    expect(why.takeBack).toHaveLength(4);
    const status = await jsonOf('Status', ['status', ...here()]);
    expect(status).toMatchObject({ exit: 6, header: { engine: {} } });
    expect(status.processes?.find(({ name }) => name === 'nats')).not.toMatchObject({
      alive: true,
    });
    const paused = await jsonOf('Pause', ['pause', ...act, ...here()]);
    expect(paused).toMatchObject({ exit: 6, unrecorded: { code: 'SLP-202' } });
    const resumed = await jsonOf('Resume', ['resume', ...act, ...here()]);
    expect(resumed.exit).toBe(6);
    expect(await cli(['repairs', 'show', id, ...here()])).toMatchObject({ code: 1, out: '' });
    const doctor = await jsonOf('Examination', ['doctor', ...here()]);
    expect(doctor.exit).toBe(1);
    const words = ['repairs', 'cancel', other, ...act, ...here()];
    const cancelled = await jsonOf('Cancellation', words);
    expect(cancelled).toMatchObject({ exit: 4, confirmed: false });
    await loop().stack.child('nats').start();
    await loop().until('the cancelled repair has ended', async () => {
      const { repair } = await jsonOf('Repair', ['repairs', 'show', other, ...here()]);
      return repair.outcome === 'cancelled' || undefined;
    });
  });

  test('without Temporal, why and replay read the journal, and a cancel says that it could not be', async () => {
    await loop().stack.child('temporal').stop();
    const why = await jsonOf('Why', ['why', node, ...here()]);
    expect(why).toMatchObject({ exit: 6, unread: [{ code: 'SLP-302' }] });
    expect(why.why.map(({ code }) => code)).toContain('budget-blocks');
    const replay = await jsonOf('Replay', ['repairs', 'replay', id, ...here()]);
    expect(replay).toMatchObject({ exit: 0, different: 0 });
    const policy = join(loop().stack.dataDir, 'quick.yaml');
    const own = await readFile(join(loop().stack.dataDir, 'policies.yaml'), 'utf8');
    await writeFile(policy, own.replace('"60s"', '"0s"'));
    const quick = ['repairs', 'replay', id, '--policy', policy, ...here()];
    expect((await jsonOf('Replay', quick)).different).toBeGreaterThan(0);
    const held = await jsonOf('Hold', ['hold', node, ...act, ...here()]);
    expect(held.exit).toBe(0);
    const cancelled = await cli(['repairs', 'cancel', id, ...act, ...here()]);
    expect(cancelled).toMatchObject({ code: 1, out: '' });
    expect(cancelled.err).toContain('SLP-302');
    await loop().stack.child('temporal').start();
    expect(await loop().ended(node)).toMatchObject({ outcome: 'cancelled', reason: 'held' });
  });

  test('without the API server, why needs the id of the cluster, and then reads the journal', async () => {
    await loop().stack.child('kube-apiserver').stop();
    const blind = await jsonOf('Why', ['why', node, ...here()]);
    expect(blind.exit).toBe(6);
    expect(blind.repair).toBeUndefined();
    const words = ['why', node, '--cluster', loop().cluster, ...here()];
    const why = await jsonOf('Why', words);
    expect(why).toMatchObject({ exit: 6, repair: { repairId: id, outcome: 'cancelled' } });
    expect(await cli(['hold', node, ...act, ...here()])).toMatchObject({ code: 1, out: '' });
    await loop().stack.child('kube-apiserver').start();
    expect((await viewNode(loop(), node)).marks['slipway.dev/hold']).toContain('the test says so');
  });
});
