/** A whole inventory before the simulated BMCs of its machines: each mistake is found, and nothing is sent to a machine. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkInventory, type InventoryReport } from '../../../drivers/inventoryCheck.ts';
import { bmcCredentials, startBmc, type TestBmc } from '../../support/bmc.ts';
import { noBasic, offers, startQuirkyBmc, withUuid, type Quirk } from '../../support/quirkyBmc.ts';
import { nodeFacts } from '../../support/nodes.ts';

const names = ['a', 'b', 'c'];
function uuidOf(name: string): string {
  return `4C4C4544-0042-3510-8052-B4C04F3132${name.charCodeAt(0).toString(16)}`;
}
const nodes = names.map((name) => nodeFacts({ name, systemUuid: uuidOf(name) }));

let bmc: TestBmc;
beforeAll(async () => {
  bmc = await startBmc(names.map((name) => ({ id: name, node: name, uuid: uuidOf(name) })));
});
afterAll(() => bmc.stop());
beforeEach(() => {
  writeFileSync(join(bmc.folder, 'bmc.yaml'), JSON.stringify(bmcCredentials));
  chmodSync(join(bmc.folder, 'bmc.yaml'), 0o600);
});

async function problems(...given: Parameters<typeof check>): Promise<unknown> {
  const report = await check(...given);
  return report.kind === 'read' ? report.problems : report;
}

type Entries = Record<string, { address: string; systemId: string; credentialsFile: string }>;

async function check(
  change: (entries: Entries) => void = () => undefined,
  seen = nodes,
  signal = new AbortController().signal,
): Promise<InventoryReport> {
  const inventoryFile = join(bmc.folder, 'inventory.yaml');
  const entries: Entries = Object.fromEntries(
    names.map((name) => [name, { address: bmc.url, systemId: name, credentialsFile: 'bmc.yaml' }]),
  );
  change(entries);
  writeFileSync(inventoryFile, JSON.stringify({ nodes: entries }));
  const asked: number[] = [];
  const onAsked = (count: number): void => void asked.push(count);
  return checkInventory({ inventoryFile, nodes: seen, clock: Date.now, signal, onAsked });
}

describe('an inventory', () => {
  test('that is right has no problem', async () => {
    expect(await check()).toEqual({
      kind: 'read',
      entries: 3,
      problems: [],
      warnings: [],
      nodesWithoutEntry: [],
      entriesWithoutNode: [],
      notAsked: 0,
    });
  });

  test('that cannot be read says where', async () => {
    const told = await check((entries) => (entries['a']!.systemId = ''));
    expect(told).toMatchObject({
      kind: 'unreadable',
      why: expect.stringContaining('nodes.a') as string,
    });
  });

  test('is compared with the nodes, both ways', async () => {
    const more = [...nodes, nodeFacts({ name: 'd', systemUuid: uuidOf('d') })];
    const told = await check((entries) => delete entries['a'], more.slice(0, 4));
    expect(told).toMatchObject({ entries: 2, nodesWithoutEntry: ['a', 'd'] });
    expect(await check(undefined, nodes.slice(1))).toMatchObject({ entriesWithoutNode: ['a'] });
  });

  test('with two entries for one system has two problems', async () => {
    const found = await problems((entries) => (entries['a']!.systemId = 'b'));
    expect(found).toMatchObject([
      { node: 'a', why: expect.stringContaining('is named for a and b') as string },
      { node: 'b', why: expect.stringContaining('is named for b and a') as string },
    ]);
  });

  test('whose password file is missing, or open to others, says so', async () => {
    const found = await problems((entries) => (entries['c']!.credentialsFile = 'none.yaml'));
    expect(found).toMatchObject([
      { node: 'c', why: expect.stringContaining('none.yaml') as string },
    ]);
    chmodSync(join(bmc.folder, 'bmc.yaml'), 0o644);
    expect(await check()).toMatchObject({
      warnings: [expect.stringContaining('chmod 600') as string],
    });
  });

  test('is not held up by what it has no time for', async () => {
    expect(await check(undefined, nodes, AbortSignal.abort())).toMatchObject({ notAsked: 3 });
  });
});

describe('a machine', () => {
  test.each<[string, Quirk, RegExp]>([
    ['with the UUID of another', withUuid(uuidOf('z')), /has UUID/],
    ['that refuses the password', { instead: () => ({ status: 401 }) }, /answered 401/],
    ['that offers no restart', offers(['ForceOff', 'Nmi']), /offers none of/],
    [
      'without any reset',
      { system: (document) => void delete document.Actions },
      /offers no reset/,
    ],
  ])('%s is named', async (_what, quirk, why) => {
    const quirky = await startQuirkyBmc(bmc.url, quirk);
    const found = await problems((entries) => (entries['a']!.address = quirky.url));
    expect(found).toMatchObject([{ node: 'a', why: expect.stringMatching(why) as string }]);
    await quirky.stop();
  });

  test('whose node has a placeholder, or the UUID of another, is named', async () => {
    const same = nodes.map((node) => ({ ...node, systemUuid: uuidOf('a') }));
    expect(await problems(undefined, same)).toHaveLength(3);
    const blank = nodes.map((node) => ({ ...node, systemUuid: 'Not Settable' }));
    expect(await problems(undefined, blank)).toHaveLength(3);
  });

  test('that takes sessions alone is asked in one, and it is closed', async () => {
    const quirky = await startQuirkyBmc(bmc.url, noBasic);
    expect(await problems((entries) => (entries['a']!.address = quirky.url))).toEqual([]);
    expect(bmc.calls().at(-1)).toMatchObject({ method: 'DELETE', answer: 204 });
    await quirky.stop();
  });
});

test('over all of this, nothing was sent that could act', () => {
  expect(bmc.calls().filter(({ resetType }) => resetType !== null)).toEqual([]);
});
