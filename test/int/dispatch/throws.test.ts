/** A dispatcher that cannot go on ends whole: it leaves no listener behind that would act without the lead. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRecords, runDispatch } from '../../../dispatch/index.ts';
import type { DispatchOptions, Records } from '../../../dispatch/index.ts';
import { openBucket } from '../../../event-hub/index.ts';
import { parseEpisodeRecord } from '../../../schemas/wire/episodeRecord.ts';
import { parseGuardRecord } from '../../../schemas/wire/guardRecord.ts';
import { startHub, type TestHub } from '../../support/hub.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startHub();
});
afterAll(async () => {
  await hub?.remove();
});

const cluster = 'throws';

test('its listeners end with it', async () => {
  const listening = new Set<string>();
  const count = (what: string) => {
    listening.add(what);
    return () => void listening.delete(what);
  };
  const open = <T>(name: string, parse: (value: unknown) => T | undefined) =>
    openBucket(hub.hub, { name, cluster, parse });
  const records: Records = {
    ...openRecords(await open('episodes', parseEpisodeRecord)),
    onChange: () => count('records'),
  };
  const nodes = {
    onChange: () => {
      throw new Error('no nodes');
    },
  };
  const timersBefore = timers();
  const running = runDispatch({
    hub: hub.hub,
    cluster,
    records,
    nodes,
    guardBucket: await open('guard', parseGuardRecord),
    policies: [],
    mode: 'act',
    clock: () => Date.now(),
    signal: new AbortController().signal,
  } as unknown as DispatchOptions);
  expect([...listening]).toEqual(['records']);
  await expect(running).rejects.toThrow('no nodes');
  expect([...listening]).toEqual([]);
  await expect.poll(timers).toBeLessThanOrEqual(timersBefore);
});

/** Intervals that would keep the process alive. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
}
