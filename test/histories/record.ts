/**
 * `npm run histories [-- NAME ...]`: walks every path of a repair, or those that are named, on real servers, and keeps
 * the history of each in the folder of the present version.
 */
import { rm } from 'node:fs/promises';
import { workflowIdOf } from '../../workflows/contract/index.ts';
import { Loop, policyFile, reboot } from '../support/loop.ts';
import type { LoopOptions } from '../support/loop.ts';
import { makeTestDir } from '../support/stack.ts';
import { keepHistory, unreleased } from './kept.ts';
import { actPaths, checks, observePaths } from './paths.ts';
import type { Path } from './paths.ts';

const policies = policyFile([
  { name: 'quick', checks: [checks.quick] },
  {
    name: 'soaking',
    checks: [checks.soaking],
    ladder: [{ ...reboot, bootWindow: '20s', verification: { timeout: '1m', soak: '30s' } }],
  },
  { name: 'waiting', checks: [checks.waiting], guard: { maxUnavailableNodes: 1 } },
]);

/** Runs all paths at the same time, each on a node of its own. */
async function record(
  paths: Readonly<Record<string, Path>>,
  options: Pick<LoopOptions, 'mode' | 'proxied'>,
): Promise<void> {
  const walks = Object.entries(paths).filter(([name]) => wanted(name));
  if (walks.length === 0) return;
  const dataDir = await makeTestDir();
  const loop = await Loop.start(dataDir, { ...options, policies, nodes: walks.length + 3 });
  try {
    await loop.cordon(loop.takeNode(), true);
    await Promise.all(walks.map(([name, walk]) => walkAndKeep(loop, name, walk)));
  } finally {
    await loop.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function walkAndKeep(loop: Loop, name: string, walk: Path): Promise<void> {
  const node = loop.takeNode();
  await walk(loop, node);
  const workflowId = workflowIdOf(loop.cluster, node);
  const handle = loop.temporal.client.workflow.getHandle(workflowId);
  await loop.until(`the workflow of ${name} has ended`, async () => {
    const { status } = await handle.describe();
    return status.name !== 'RUNNING' || undefined;
  });
  const { outcome, reason } = await loop.ended(node);
  await keepHistory(name, { workflowId, history: await handle.fetchHistory() });
  process.stdout.write(`${name}: ${outcome} (${reason})\n`);
}

function wanted(name: string): boolean {
  const named = process.argv.slice(2);
  return named.length === 0 || named.includes(name);
}

await unreleased();
await record(actPaths, { mode: 'act', proxied: true });
await record(observePaths, { mode: 'observe' });
