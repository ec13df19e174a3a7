/** The code that decides, as Temporal runs it. */
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { WorkflowBundle } from '@temporalio/worker';
import { askChild, besideModule } from '../std/inChild.ts';
import { temporalLogger } from './temporalLog.ts';

/** Made by a process of its own: the bundler keeps the event loop busy, and memory that it needs only once. */
export async function bundleWorkflowsApart(): Promise<WorkflowBundle> {
  return { code: await askChild<string>(besideModule('workflowBundler', import.meta.url)) };
}

export function bundleWorkflows(): ReturnType<typeof bundleWorkflowCode> {
  return bundleWorkflowCode({
    workflowsPath: workflowFile('index'),
    preloadModules: [workflowFile('stackTraces')],
    logger: temporalLogger,
  });
}

function workflowFile(name: string): string {
  return fileURLToPath(besideModule(`../workflows/${name}`, import.meta.url));
}
