/** Streams, buckets and the consumer are deleted under a running engine: it says so, makes them again, and goes on. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resets } from '../../embedded/oracle/index.ts';
import { policyFile, reboot, useLoop } from '../support/loop.ts';

const loop = useLoop({
  mode: 'act',
  nodes: 16,
  bootMs: [4_000, 5_000],
  policies: policyFile([
    {
      name: 'quick',
      checks: ['KernelDeadlock'],
      ladder: [{ ...reboot, bootWindow: '60s', verification: { timeout: '60s', soak: '1s' } }],
    },
  ]),
});

/** What `info` of a stream answers, or nothing while it is not there. */
function streamThere(name: string) {
  return loop()
    .hub.manager.streams.info(name)
    .catch(() => undefined);
}

async function said(words: string): Promise<true | undefined> {
  const log = await readFile(join(loop().stack.dataDir, 'logs', 'engine.log'), 'utf8');
  return log.includes(words) || undefined;
}

/** How a repair ended, and what its machine got. */
async function endOf(node: string) {
  const { outcome } = await loop().ended(node);
  return {
    outcome,
    resets: resets(await loop().calls(), node).length,
    ends: loop().ends(node).length,
  };
}
const well = { outcome: 'repaired', resets: 1, ends: 1 };

test.each(['FAULTS', 'JOURNAL', 'DEAD', 'KV_guard', 'KV_episodes'])(
  'after %s was deleted, an open repair and a new one end right',
  async (stream) => {
    const [open, later] = [loop().takeNode(), loop().takeNode()];
    await loop().fail(open);
    await loop().state(open, ({ attempts }) => attempts === 1);
    await loop().hub.manager.streams.delete(stream);
    await loop().until(`${stream} is made again`, () => streamThere(stream));
    await loop().until(`the engine says that ${stream} was gone`, () => said(`"${stream}"`));
    await loop().fail(later);
    expect(await endOf(open)).toEqual(well);
    expect(await endOf(later)).toEqual(well);
  },
);

test('after the consumer was deleted nothing is told twice, and a new fault is repaired', async () => {
  const [former, later] = [loop().takeNode(), loop().takeNode()];
  await loop().fail(former);
  expect(await endOf(former)).toEqual(well);
  const name = `dispatch-${loop().cluster}`;
  await loop().hub.manager.consumers.delete('FAULTS', name);
  await loop().fail(later);
  expect(await endOf(later)).toEqual(well);
  expect(loop().ends(former)).toHaveLength(1);
});

test('all of them at once', async () => {
  const [open, later] = [loop().takeNode(), loop().takeNode()];
  await loop().fail(open);
  await loop().state(open, ({ attempts }) => attempts === 1);
  const { streams } = loop().hub.manager;
  const all = ['FAULTS', 'JOURNAL', 'DEAD', 'KV_guard', 'KV_episodes'];
  await Promise.all(all.map((name) => streams.delete(name)));
  await loop().fail(later);
  expect(await endOf(open)).toEqual(well);
  expect(await endOf(later)).toEqual(well);
});
