/** Today's workflow code decides as it did in every kept history of every release, and its bundle holds what it needs and no more. */
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundleWorkflows } from '../../engine/workflowBundle.ts';
import { changedCode } from '../support/code.ts';
import { readHistories, releases, unreleased } from './kept.ts';
import { actPaths, observePaths } from './paths.ts';

/** The bundle without its source map: measured 596 KB, nearly all of it Temporal's own. */
const budgetBytes = 700_000;

const logger = new DefaultLogger('ERROR', () => undefined);

/** The histories that this code does not repeat, as release/name, each with why. */
async function broken(
  workflowBundle: WorkflowBundleWithSourceMap,
): Promise<ReadonlyMap<string, string>> {
  const histories = await readHistories();
  const failures = new Map<string, string>();
  for (const { release, name, workflowId, history } of histories) {
    const replayed = Worker.runReplayHistories({ workflowBundle }, [{ workflowId, history }]);
    for await (const { error } of replayed)
      if (error) failures.set(`${release}/${name}`, error.message);
  }
  return failures;
}

test('every path of a repair has a kept history of the present version', async () => {
  const present = await unreleased();
  const histories = (await readHistories()).filter(({ release }) => release === present);
  const names = histories.map(({ name }) => name).toSorted();
  expect(names).toEqual(Object.keys({ ...actPaths, ...observePaths }).toSorted());
});

test('histories are kept of every release and of the present version, and of nothing else', async () => {
  const kept = new Set((await readHistories()).map(({ release }) => release));
  expect([...kept].toSorted()).toEqual([...(await releases()), await unreleased()].toSorted());
});

test('every kept history is repeated by the code of today', async () => {
  expect(await broken(await bundleWorkflows())).toEqual(new Map());
}, 60_000);

test('code that looks where it labelled pods before is found out', async () => {
  const code = await changedCode([
    {
      file: 'domain/repair/decide.ts',
      from: "return { kind: 'tagPods' };",
      to: "return { kind: 'look' };",
    },
  ]);
  const present = await unreleased();
  try {
    const workflowsPath = join(code.folder, 'workflows/index.ts');
    const failures = await broken(await bundleWorkflowCode({ workflowsPath, logger }));
    expect(failures.get(`${present}/repaired`)).toMatch(/nondeterminism|does not handle/i);
    expect(failures.has(`${present}/cancelled-awaiting-permit`)).toBe(false);
  } finally {
    await code.remove();
  }
}, 60_000);

test('the bundle of the workflows is small, and no parser is in it', async () => {
  const { code } = await bundleWorkflows();
  const [script = ''] = code.split('//# sourceMappingURL=');
  expect(Buffer.byteLength(script)).toBeLessThan(budgetBytes);
  expect(script).toContain('nodeRepair');
  expect(script).not.toMatch(/node_modules\/(zod|yaml)\//);
}, 60_000);
