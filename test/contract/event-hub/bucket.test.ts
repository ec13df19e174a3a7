/** Buckets of the hub, and the one in memory that unit tests use in their place. */
import { openBucket } from '../../../event-hub/index.ts';
import { fakeBucket } from '../../support/fakes/bucket.ts';
import { startHub } from '../../support/hub.ts';
import { describeBucket, parseNote } from './bucket.suite.ts';

describeBucket('on the hub', async () => {
  const { hub, server, remove } = await startHub();
  const options = { name: 'episodes', cluster: 'contract', parse: parseNote };
  return {
    bucket: await openBucket(hub, options),
    spoil: async (key, text) =>
      void (await hub.jetstream.publish(`$KV.episodes.contract.${key}`, text)),
    cut: () => server.kill(),
    remove,
  };
});

describeBucket('in memory', async () => {
  const bucket = fakeBucket(parseNote);
  return {
    bucket,
    spoil: async (key, text) => bucket.spoil(key, text),
    cut: async () => bucket.cut(),
    remove: async () => undefined,
  };
});
