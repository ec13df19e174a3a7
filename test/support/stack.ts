/** A stack of real servers for one test file. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { startStack, type Stack, type StackOptions } from '../../embedded/index.ts';

const startWithinMs = 90_000;

/**
 * Starts one stack of real servers for the test file that calls this, and ends it after the file's last test. Files
 * may run side by side: each has its own ports and folder. Call it at the top of the file, and the function it
 * returns inside of tests.
 */
export function useStack(options: Partial<StackOptions> = {}): () => Stack {
  let stack: Stack | undefined;
  let dataDir = '';
  beforeAll(async () => {
    dataDir = await makeTestDir();
    stack = await startStack({ dataDir, ...options });
  }, startWithinMs);
  afterAll(async () => {
    await stack?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }, startWithinMs);
  return () => {
    if (!stack) throw new Error('the stack of this test file did not start');
    return stack;
  };
}

/** A folder for one test file. */
export function makeTestDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'slipway-test-'));
}
