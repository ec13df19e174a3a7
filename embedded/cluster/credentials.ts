/** Keys, tokens and kubeconfigs of the local cluster. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordOf } from '../recordOf.ts';
import { userKeys, users, type UserKey } from './access.ts';

export type Tokens = Readonly<Record<UserKey, string>>;

const tokenBytes = 24;
const privateFile = { mode: 0o600 } as const;

/** The users' tokens, made at the first start and kept in `DIR/tokens.csv`. */
export async function ensureTokens(dir: string): Promise<Tokens> {
  const file = join(dir, 'tokens.csv');
  const kept = await readTokens(file);
  if (kept) return kept;
  const tokens = recordOf(userKeys, () => randomBytes(tokenBytes).toString('hex'));
  const lines = userKeys.map((key) => tokenLine(key, tokens[key]));
  await writeFile(file, lines.join(''), privateFile);
  return tokens;
}

async function readTokens(file: string): Promise<Tokens | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const byName = new Map(
    text
      .split('\n')
      .map((line) => line.split(','))
      .map(([token, name]) => [name, token]),
  );
  if (userKeys.some((key) => byName.get(users[key].name) === undefined)) return undefined;
  return recordOf(userKeys, (key) => byName.get(users[key].name) ?? '');
}

/** One line per user: token, name, uid, groups; the form kube-apiserver reads. */
function tokenLine(key: UserKey, token: string): string {
  return `${token},${users[key].name},${users[key].name},"${users[key].groups.join(',')}"\n`;
}

/** The key pair that signs service-account tokens, made at the first start. */
export async function ensureServiceAccountKeys(dir: string): Promise<void> {
  if (await exists(join(dir, 'sa.key'))) return;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(join(dir, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  await writeFile(
    join(dir, 'sa.key'),
    privateKey.export({ type: 'sec1', format: 'pem' }),
    privateFile,
  );
}

function exists(file: string): Promise<boolean> {
  return readFile(file).then(
    () => true,
    () => false,
  );
}

/** Writes one kubeconfig per user into `dir`. */
export async function writeKubeconfigs(
  dir: string,
  url: string,
  caFile: string,
  tokens: Tokens,
): Promise<void> {
  await mkdir(dir, { recursive: true });
  await Promise.all(
    userKeys.map((key) =>
      writeFile(
        kubeconfigFile(dir, key),
        kubeconfig(url, caFile, users[key].name, tokens[key]),
        privateFile,
      ),
    ),
  );
}

export function kubeconfigFile(dir: string, key: UserKey): string {
  return join(dir, `${users[key].name.replaceAll(':', '-')}.kubeconfig`);
}

/** A kubeconfig in JSON, which every reader of YAML reads. */
function kubeconfig(url: string, caFile: string, user: string, token: string): string {
  return JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'slipway-local',
      contexts: [{ name: 'slipway-local', context: { cluster: 'slipway-local', user } }],
      clusters: [
        { name: 'slipway-local', cluster: { server: url, 'certificate-authority': caFile } },
      ],
      users: [{ name: user, user: { token } }],
    },
    undefined,
    2,
  );
}
