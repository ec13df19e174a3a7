/** A program that gives credentials: well, badly, and never. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { runPlugin } from '../../../../kube/transport/credentialPlugin.ts';
import type { PluginCredential } from '../../../../schemas/config/kubeconfig.ts';
import { isAlive } from '../../../support/process.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-plugin-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const apiVersion = 'client.authentication.k8s.io/v1';

function shell(script: string, deadlineMs = 10_000): Promise<PluginCredential> {
  const plugin = { apiVersion, command: 'sh', args: ['-c', script], provideClusterInfo: true };
  return runPlugin(plugin, {
    kubeconfigPath: join(dir, 'config'),
    server: 'https://x',
    deadlineMs,
  });
}

function says(status: object): string {
  return `printf '%s' '${JSON.stringify({ apiVersion, kind: 'ExecCredential', status })}'`;
}

describe('a credential plugin', () => {
  test('gives a token, and when it ends', async () => {
    const status = { token: 't-1', expirationTimestamp: '2026-01-01T00:00:00Z' };
    const expiresAt = Date.parse(status.expirationTimestamp);
    expect(await shell(says(status))).toEqual({ token: 't-1', expiresAt });
  });

  test('gives a certificate, and is told about the cluster', async () => {
    const info = join(dir, 'info');
    const status = { clientCertificateData: 'CERT', clientKeyData: 'KEY' };
    const script = `printf '%s' "$KUBERNETES_EXEC_INFO" > '${info}'; ${says(status)}`;
    expect(await shell(script)).toEqual({ cert: 'CERT', key: 'KEY' });
    expect(JSON.parse(await readFile(info, 'utf8'))).toMatchObject({
      spec: { interactive: false, cluster: { server: 'https://x' } },
    });
  });

  test('beside the kubeconfig is found by its relative path, and gets its environment', async () => {
    const path = join(dir, 'plugin.sh');
    await writeFile(path, `#!/bin/sh\nprintf '{"status":{"token":"%s"}}' "$GIVEN"\n`, {
      mode: 0o755,
    });
    const plugin = { apiVersion, command: './plugin.sh', env: [{ name: 'GIVEN', value: 'mine' }] };
    const run = { kubeconfigPath: join(dir, 'config'), server: 'https://x' };
    expect(await runPlugin(plugin, run)).toEqual({ token: 'mine' });
  });

  test.each([
    ['echo no; exit 3', /plugin sh failed with 3$/],
    ['echo first >&2; echo "log in first" >&2; exit 1', /failed with 1: log in first$/],
    ['kill -9 $$', /failed with SIGKILL$/],
    ['echo no', /printed no ExecCredential$/],
    [says({}), /neither a token nor a certificate$/],
  ])('that fails is told: %s', async (script, told) => {
    await expect(shell(script)).rejects.toThrow(told);
  });

  test('that is not there is told with its hint', async () => {
    const plugin = { apiVersion, command: 'no-such-plugin-here', installHint: 'Install it.' };
    const run = { kubeconfigPath: join(dir, 'config'), server: 'https://x' };
    await expect(runPlugin(plugin, run)).rejects.toThrow(
      /could not be started .*ENOENT.* Install it\./,
    );
  });

  test('that hangs is ended with all that it started, after its deadline', async () => {
    const pids = join(dir, 'pids');
    const script = `sleep 1000 & echo $! $$ > '${pids}'; wait`;
    await expect(shell(script, 300)).rejects.toThrow('did not answer within 0.3 s and was ended');
    const started = (await readFile(pids, 'utf8')).trim().split(' ').map(Number);
    expect(started).toHaveLength(2);
    await vi.waitFor(() => expect(started.filter(isAlive)).toEqual([]));
  });

  test('whose child holds its output open is not waited for', async () => {
    expect(await shell(`sleep 1000 & ${says({ token: 't-2' })}`)).toEqual({ token: 't-2' });
  });
});
