/** The client of the local API server, whose certificate is written while it is asked for. */
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kubeApiOf } from '../../../embedded/cluster/api.ts';
import { makeTestDir } from '../../support/stack.ts';
import { testTls } from '../../support/tls.ts';

const server = createServer(testTls, (_, response) => response.end('ok'));
let folder: string;

beforeAll(async () => {
  folder = await makeTestDir();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

test('a client that met an empty certificate trusts the server once the certificate is written', async () => {
  const { port } = server.address() as AddressInfo;
  const caFile = join(folder, 'ca.crt');
  const client = kubeApiOf(`https://127.0.0.1:${port}`, caFile, 'token');
  await writeFile(caFile, '');
  await expect((await client()).health('/readyz')).rejects.toThrow(/certificate/u);
  await writeFile(caFile, testTls.cert);
  expect(await (await client()).health('/readyz')).toBe('ok');
  (await client()).close();
});
