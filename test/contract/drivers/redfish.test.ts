/** Against the simulated BMC; what a reset does to a node is for the tests of the whole loop. */
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRedfishDriver } from '../../../drivers/redfish/driver.ts';
import type { RungRequest } from '../../../drivers/port.ts';
import { bmcCredentials, startBmc, type TestBmc } from '../../support/bmc.ts';
import { startFaultyProxy } from '../../support/faultyProxy.ts';
import { nodeFacts, sampleNode } from '../../support/samples.ts';
import { testTls } from '../../support/tls.ts';
import { describeDriver, rungRequest } from './suite.ts';

const rung = { driver: 'redfish', action: 'ForceRestart' } as const;
const uuid = nodeFacts().systemUuid;

async function writeInventory(bmc: TestBmc, address: string, more: object = {}): Promise<string> {
  const file = join(bmc.folder, 'inventory.yaml');
  const entry = { address, systemId: sampleNode, credentialsFile: 'bmc.yaml', ...more };
  await writeFile(join(bmc.folder, 'bmc.yaml'), JSON.stringify(bmcCredentials), { mode: 0o600 });
  await writeFile(file, JSON.stringify({ nodes: { [sampleNode]: entry } }));
  return file;
}

function resets(bmc: TestBmc): (string | null)[] {
  return bmc.calls().flatMap(({ resetType }) => (resetType === null ? [] : [resetType]));
}

describeDriver('redfish', async () => {
  const bmc = await startBmc([{ id: sampleNode, node: sampleNode, uuid: uuid.toLowerCase() }]);
  const proxy = await startFaultyProxy(bmc.url);
  const inventoryFile = await writeInventory(bmc, proxy.url);
  return {
    make: (clock) => createRedfishDriver({ inventoryFile, clock, onWarning: () => undefined }),
    rung,
    proxy,
    clockReadings: 4,
    acts: () => resets(bmc).length,
    remove: async () => {
      await proxy.stop();
      await bmc.stop();
    },
  };
});

describe('a machine', () => {
  let bmc: TestBmc;
  const other = 'ip-10-0-1-18.eu-west-1.compute.internal';
  const swapped = '44454C4C-4200-1035-8052-B4C04F313233';
  beforeEach(async () => {
    bmc = await startBmc([
      {
        id: sampleNode,
        node: sampleNode,
        uuid,
        behaviour: { rejects: ['PowerCycle'], bootMs: [0, 0] },
      },
      { id: other, node: other, uuid: swapped },
    ]);
  });
  afterEach(async () => {
    await bmc.stop();
  });

  async function run(changes: Partial<RungRequest> = {}, more: object = {}, address = bmc.url) {
    const warnings: string[] = [];
    const inventoryFile = await writeInventory(bmc, address, more);
    const options = {
      inventoryFile,
      clock: Date.now,
      onWarning: (text: string) => warnings.push(text),
    };
    const request = rungRequest(rung, changes);
    const result = await createRedfishDriver(options).run(request, new AbortController().signal);
    return { ...result, warnings };
  }

  it('gets the reset that was asked for', async () => {
    expect(await run()).toEqual({
      result: 'done',
      detail: 'ForceRestart: the BMC answered 204',
      warnings: [],
    });
    expect(resets(bmc)).toEqual(['ForceRestart']);
  });

  it('is not reset under the name of another, nor with a UUID in another byte order', async () => {
    const answer = await run({}, { systemId: other });
    expect(answer).toMatchObject({ result: 'rejected', code: 'wrong-machine' });
    expect(answer.detail).toContain(swapped);
    expect(resets(bmc)).toEqual([]);
  });

  it('is not reset when its node tells no UUID', async () => {
    const answer = await run({ node: nodeFacts({ systemUuid: '' }) });
    expect(answer).toMatchObject({ result: 'rejected', code: 'wrong-machine' });
  });

  it('is not asked for what its BMC does not offer or do now', async () => {
    const nmi = await run({ rung: { ...rungRequest(rung).rung, action: 'Nmi' } });
    expect(nmi.detail).toMatch(/does not offer Nmi; only On, ForceOff/);
    const cycle = await run({ rung: { ...rungRequest(rung).rung, action: 'PowerCycle' } });
    expect(cycle).toMatchObject({
      result: 'rejected',
      detail: expect.stringContaining('PowerCycle: the BMC answered 409') as string,
    });
  });

  it.each<[string, object, string]>([
    ['is not in the inventory', {}, 'no BMC is named for lost; add it'],
    ['has no readable credentials', { credentialsFile: 'none.yaml' }, 'none.yaml'],
    ['is not known to its BMC', { systemId: 'lost' }, 'the BMC answered 404'],
    ['has an inventory entry with a mistake', { systemID: 1 }, 'unknown key systemID'],
  ])('that %s is left alone, with a reason', async (what, more, why) => {
    const node = nodeFacts(
      what.includes('inventory') && !what.includes('entry') ? { name: 'lost' } : {},
    );
    const answer = await run({ node }, more);
    expect(answer.result).toBe('rejected');
    expect(answer.detail).toContain(why);
  });

  it('whose password others may read is reset with a warning', async () => {
    const inventoryFile = await writeInventory(bmc, bmc.url);
    await chmod(join(bmc.folder, 'bmc.yaml'), 0o644);
    const warnings: string[] = [];
    const options = {
      inventoryFile,
      clock: Date.now,
      onWarning: (text: string) => warnings.push(text),
    };
    const driver = createRedfishDriver(options);
    expect((await driver.run(rungRequest(rung), new AbortController().signal)).result).toBe('done');
    expect(warnings).toEqual([expect.stringContaining('chmod 600')]);
  });

  it('behind TLS is reached only with its certificate known, or checks switched off', async () => {
    const proxy = await startFaultyProxy(bmc.url, testTls);
    await writeFile(join(bmc.folder, 'ca.pem'), testTls.cert);
    const unknown = await run({}, {}, proxy.url);
    expect(unknown).toMatchObject({ result: 'not-tried' });
    expect(unknown.detail).toContain('self-signed certificate');
    expect((await run({}, { caFile: 'ca.pem' }, proxy.url)).result).toBe('done');
    expect((await run({}, { insecureSkipVerify: true }, proxy.url)).result).toBe('done');
    await proxy.stop();
  });
});
