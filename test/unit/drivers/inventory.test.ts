/** An inventory of any size is read the same way, and one of thousands of machines leaves the event loop free. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inventoryReader } from '../../../drivers/inventory.ts';
import { watchLoopDelay } from '../../../telemetry/loopDelay.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-inventory-'));
  path = join(folder, 'inventory.yaml');
});
afterEach(() => rmSync(folder, { recursive: true }));

function inventoryOf(
  machines: number,
  systemOf = (machine: number) => `system-${machine}`,
): string {
  const entries = Array.from(
    { length: machines },
    (_, machine) =>
      `  node-${machine}:\n    address: https://10.0.0.1\n    systemId: ${systemOf(machine)}\n    credentialsFile: bmc.yaml\n`,
  );
  return `nodes:\n${entries.join('')}`;
}

test.each([3, 2_000])('%i machines are read with all that is known of them', async (machines) => {
  const clash = (machine: number) => `system-${Math.max(1, machine)}`;
  writeFileSync(path, inventoryOf(machines, clash));
  const read = await inventoryReader(path)();
  const entries = read.ok ? read.value.entries : {};
  expect(Object.keys(entries)).toHaveLength(machines);
  expect(entries['node-2']).toEqual({
    address: 'https://10.0.0.1',
    systemId: 'system-2',
    credentialsFile: 'bmc.yaml',
    insecureSkipVerify: false,
  });
  expect(read.ok && read.value.shared).toEqual(
    new Map([
      ['node-0', ['node-1']],
      ['node-1', ['node-0']],
    ]),
  );
});

test.each([3, 2_000])('a mistake among %i machines is told with its line', async (machines) => {
  writeFileSync(path, `${inventoryOf(machines)}  node-1: {}\n`);
  const read = await inventoryReader(path)();
  expect(!read.ok && read.why).toContain(`${path}:${machines * 4 + 2}: not valid YAML`);
});

test('a changed file is another inventory, an unchanged one is the same', async () => {
  const reader = inventoryReader(path);
  writeFileSync(path, inventoryOf(2_000));
  const [one, other] = await Promise.all([reader(), reader()]);
  expect(other).toBe(one);
  expect(await reader()).toBe(one);
  writeFileSync(path, inventoryOf(1));
  const changed = await reader();
  expect(changed.ok && Object.keys(changed.value.entries)).toEqual(['node-0']);
  rmSync(path);
  expect(await reader()).toEqual({ ok: false, why: expect.stringContaining('ENOENT') });
});

test('five thousand machines are read without a long turn of the event loop', async () => {
  writeFileSync(path, inventoryOf(5_000));
  const stop = new AbortController();
  const delay = watchLoopDelay(stop.signal);
  const read = await inventoryReader(path)();
  expect(read.ok).toBe(true);
  // Parsed here it would take about a second.
  expect(delay().max).toBeLessThan(0.3);
  stop.abort();
});
