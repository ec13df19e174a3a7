/** The hub of a test file, and a signal that ends with each of its tests. */
import { afterAll, afterEach, beforeAll } from 'vitest';
import { startHub } from './hub.ts';
import type { TestHub } from './hub.ts';

export function useHub(): { readonly hub: () => TestHub; readonly signal: () => AbortSignal } {
  let hub: TestHub | undefined;
  let end = new AbortController();
  beforeAll(async () => {
    hub = await startHub();
  });
  afterEach(() => {
    end.abort();
    end = new AbortController();
  });
  afterAll(() => hub?.remove());
  return {
    hub: () => {
      if (!hub) throw new Error('the hub runs while tests run');
      return hub;
    },
    signal: () => end.signal,
  };
}
