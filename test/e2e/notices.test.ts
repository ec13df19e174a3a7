/** A person is called for every hand-over, whatever befalls receiver and engine. The sinks by themselves: test/int/notices. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { workflowIdOf } from '../../workflows/contract/index.ts';
import { jsonOf } from '../support/cli.ts';
import { policyFile, useLoop } from '../support/loop.ts';
import { deployOn } from '../support/pods.ts';
import { Receiver } from '../support/receiver.ts';

const receiver = await Receiver.start();
const { url, secretFile } = receiver;
const burst = 10;

const loop = useLoop({
  mode: 'act',
  nodes: burst + 4,
  ticketWebhook: { url, secretFile },
  policies: policyFile([
    { name: 'to-a-person', checks: ['KernelDeadlock'], soak: '10m', ladder: [] },
    { name: 'heals', checks: ['ReadonlyFilesystem'], soak: '10m' },
  ]),
});
afterAll(() => receiver.remove());

function here(): string[] {
  return ['--data-dir', loop().stack.dataDir];
}

function delivered(): string[] {
  return nodesOf(receiver.taken.map(({ ticket }) => ticket));
}

async function inFile(): Promise<string[]> {
  const text = await readFile(join(loop().stack.dataDir, 'tickets.jsonl'), 'utf8');
  const lines = text.split('\n').filter(Boolean);
  return nodesOf(lines.map((line) => JSON.parse(line) as { node: string }));
}

function nodesOf(tickets: readonly { readonly node: string }[]): string[] {
  return tickets.map(({ node }) => node).toSorted();
}

test('a burst of hand-overs whose webhook is down is told whole, after a kill of the engine', async () => {
  await receiver.down();
  const nodes = Array.from({ length: burst }, () => loop().takeNode()).toSorted();
  await Promise.all(nodes.map((node) => loop().fail(node)));
  for (const node of nodes)
    expect(await loop().ended(node)).toMatchObject({ reason: 'ladder-exhausted' });
  for (const node of nodes) await loop().ticket(node);

  const late = await loop().until('all are known as not delivered yet', async () => {
    const { notices } = await jsonOf('Status', ['status', ...here()]);
    const tried = notices?.undelivered.filter(({ tries }) => tries > 0) ?? [];
    return tried.length === burst ? tried : undefined;
  });
  expect(nodesOf(late)).toEqual(nodes);
  const why = await jsonOf('Why', ['why', nodes[0]!, ...here()]);
  expect(why.thinks.join('\n')).toMatch(/not delivered to the webhook yet: .*ECONNREFUSED/);
  const { findings } = await jsonOf('Examination', ['doctor', ...here()]);
  expect(findings).toContainEqual(
    expect.objectContaining({
      about: 'Tickets',
      grade: 'bad',
      what: expect.stringContaining('10'),
    }),
  );

  loop().stack.child('engine').kill('SIGKILL');
  await receiver.up();
  await loop().stack.child('engine').restart();
  await loop().until('all tickets have arrived', () => delivered().length >= burst || undefined);
  expect(delivered()).toEqual(nodes);
  expect(await inFile()).toEqual(nodes);
  await loop().until('nothing is waiting', async () => {
    const { notices } = await jsonOf('Status', ['status', ...here()]);
    return notices?.undelivered.length === 0 || undefined;
  });
});

test('a repair that was terminated in Temporal makes a ticket too', async () => {
  const node = loop().takeNode();
  await deployOn(loop(), node, { minAvailable: 2 });
  await loop().fail(node, 'ReadonlyFilesystem');
  await loop().state(node, ({ pods }) => pods.blockers.length > 0);
  const { client } = loop().temporal;
  await client.workflow.getHandle(workflowIdOf(loop().cluster, node)).terminate('by a test');
  expect(await loop().ended(node)).toMatchObject({ reason: 'terminated-outside' });
  const ticket = await loop().ticket(node);
  expect(ticket).toMatchObject({
    outcome: 'escalated',
    reason: 'terminated-outside',
    stands: { isolated: true },
    pods: { left: 2, blockers: [{ why: 'blocked-by-budget' }, { why: 'blocked-by-budget' }] },
  });
  expect(ticket.next).toContain(`slipway repairs continue ${ticket.repairId} --reason "..."`);
});

test('a hold makes a ticket that says how to end it; a cancel and a good end make none', async () => {
  const [held, cancelled, well] = [loop().takeNode(), loop().takeNode(), loop().takeNode()];
  for (const node of [held, cancelled]) {
    await deployOn(loop(), node, { minAvailable: 2 });
    await loop().fail(node, 'ReadonlyFilesystem');
    await loop().state(node, ({ pods }) => pods.blockers.length > 0);
  }
  await loop().cancel(cancelled);
  await loop().ended(cancelled);
  await loop().fail(well, 'ReadonlyFilesystem');
  expect(await loop().ended(well)).toMatchObject({ outcome: 'repaired' });
  await loop().annotate(held, { 'slipway.dev/hold': 'mine' });
  await loop().ended(held);
  const ticket = await loop().ticket(held);
  expect(ticket).toMatchObject({ reason: 'held', stands: { isolated: true } });
  expect(ticket.next).toContain(`slipway unhold ${held} --reason "..."`);
  const { repairId } = ticket;
  await jsonOf('Unhold', ['unhold', held, '--reason', 'x', '--yes', ...here()]);
  const again = ['repairs', 'continue', repairId, '--reason', 'x', '--yes', '--wait', ...here()];
  expect(await jsonOf('RepairAgain', again)).toMatchObject({ exit: 0, node: held });
  expect([...(await loop().tickets(cancelled)), ...(await loop().tickets(well))]).toEqual([]);
});
