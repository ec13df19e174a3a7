/** A user of the hub that may not make streams, as an engine in production is. */
import { expect, test } from 'vitest';
import { connectHub } from '../../../event-hub/connection.ts';
import { ensureStreams } from '../../../event-hub/streams.ts';
import { expectKind } from '../../support/hub.ts';
import { startNatsServer } from '../../support/natsServer.ts';

const denied = '"$JS.API.STREAM.CREATE.>", "$JS.API.STREAM.UPDATE.>", "$JS.API.STREAM.DELETE.>"';
const config = `authorization { users = [
  { user: init, password: secret }
  { user: engine, password: secret, permissions: { publish: { deny: [${denied}] } } }
] }`;

test('what is missing and may not be made is named, and all else is left as it is', async () => {
  const server = await startNatsServer(config);
  const connect = async (user: string) =>
    expectKind(
      await connectHub({
        url: server.url,
        name: user,
        credentials: { kind: 'password', user, password: 'secret' },
      }),
      'hub',
    );
  const [init, engine] = [await connect('init'), await connect('engine')];
  expectKind(await ensureStreams(init), 'ready');
  expect(await ensureStreams(engine)).toEqual({ kind: 'ready', made: [] });
  await init.manager.streams.delete('JOURNAL');
  await init.manager.streams.delete('KV_guard');
  const refused = expectKind(await ensureStreams(engine, { former: true }), 'refused');
  for (const name of ['JOURNAL', 'KV_guard'])
    expect(refused.why).toContain(`Stream ${name} is missing at ${server.url}`);
  expect(refused.why).toContain('may not be made by this user: Permissions Violation');
  expect(await ensureStreams(init)).toMatchObject({ made: ['JOURNAL', 'KV_guard'] });
  expect(await ensureStreams(engine)).toEqual({ kind: 'ready', made: [] });
  await engine.close();
  await init.close();
  await server.remove();
});
