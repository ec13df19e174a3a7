/** What is wrong with how `slipway up` was called, found before anything is started. */
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isFree } from '../../embedded/index.ts';
import { failure, type Failure } from '../failure.ts';
import { reasonOf } from '../systemReason.ts';
import { ConfigMistake, loadPolicies } from '../policyFiles.ts';
import type { UpOptions } from './up.ts';

export async function upMistake({
  dataDir,
  policies,
  uiPort,
}: UpOptions): Promise<Failure | undefined> {
  return (await policyMistake(policies)) ?? (await portMistake(uiPort)) ?? folderMistake(dataDir);
}

function folderMistake(dataDir: string): Failure | undefined {
  try {
    makeFolder(resolve(dataDir));
    accessSync(dataDir, constants.W_OK);
    return undefined;
  } catch (error) {
    const what = `The folder ${dataDir} cannot be written to: ${reasonOf(error)}.`;
    return failure('usage', `${what} Give another one with --data-dir.`);
  }
}

/** One by one: Node's own way through all of them never ends where a file system makes none. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

async function policyMistake(path: string | undefined): Promise<Failure | undefined> {
  try {
    if (path !== undefined) await loadPolicies([path]);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigMistake)) throw error;
    const what = `The policies in ${path} cannot be used.`;
    return { ...failure('policyUnreadable', what), more: error.message.split('\n') };
  }
}

async function portMistake(port: number | undefined): Promise<Failure | undefined> {
  if (port === undefined || (await isFree(port))) return undefined;
  return failure('usage', `Port ${port} of --ui-port is in use, or not yours to use.`);
}
