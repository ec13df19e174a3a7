/** The kubeconfig: where the server is and how to prove who we are. */
import { KubeConfig } from '@kubernetes/client-node';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { dirname, resolve } from 'node:path';
import { errorText } from '../../std/errorText.ts';
import { usersOf } from '../../schemas/config/kubeconfig.ts';
import type { PluginCredential, UserEntry } from '../../schemas/config/kubeconfig.ts';
import { runPlugin } from './credentialPlugin.ts';

export type Access = {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: Tls;
};

type Tls = Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'passphrase' | 'rejectUnauthorized'> & {
  readonly servername?: string;
};

export type Target = {
  /** Scheme, host, port and path prefix, without a slash at the end. */
  readonly server: string;
  readonly contextName: string;
  /** Reads token files and runs exec plugins as needed. */
  readonly access: () => Promise<Access>;
};

export type TargetResult =
  | { readonly ok: true; readonly target: Target }
  | { readonly ok: false; readonly problem: string; readonly unknownContext?: true };

type PluginAnswers = { credential?: PluginCredential; until?: number };

/** Reads a kubeconfig; what is wrong with it comes back as one sentence. */
export function readTarget(path: string, context?: string): TargetResult {
  const config = load(path);
  if (typeof config === 'string') {
    return failed(
      `The kubeconfig ${path} could not be read: ${config}. Check the path and its YAML.`,
    );
  }
  const wrongContext = chooseContext(config, context);
  if (wrongContext !== undefined)
    return { ok: false, problem: `The kubeconfig ${path} ${wrongContext}.`, unknownContext: true };
  const cluster = config.getCurrentCluster();
  if (!cluster || !URL.canParse(cluster.server)) {
    return failed(
      `The kubeconfig ${path} names no server for context "${config.getCurrentContext()}". Set current-context or pass another one.`,
    );
  }
  if (cluster.proxyUrl) {
    return failed(
      `The kubeconfig ${path} wants the proxy ${cluster.proxyUrl}, which Slipway cannot use. Remove proxy-url or give a direct address.`,
    );
  }
  const server = cluster.server.replace(/\/+$/, '');
  const answers: PluginAnswers = {};
  const target: Target = {
    server,
    contextName: config.getCurrentContext(),
    access: () => accessOf(config, { kubeconfigPath: path, server }, answers),
  };
  return { ok: true, target };
}

function load(path: string): KubeConfig | string {
  try {
    const config = new KubeConfig();
    config.loadFromFile(path);
    // The library would wait for ever for a plugin that hangs; it is run by us.
    config.users = config.users.map((user) => ({ ...user, exec: undefined }));
    return config;
  } catch (error) {
    return errorText(error);
  }
}

function failed(problem: string): TargetResult {
  return { ok: false, problem };
}

function chooseContext(config: KubeConfig, wanted: string | undefined): string | undefined {
  if (wanted === undefined) return undefined;
  const known = config.getContexts().map((context) => context.name);
  if (!known.includes(wanted))
    return `has no context "${wanted}"; it has ${known.join(', ') || 'none'}`;
  config.setCurrentContext(wanted);
  return undefined;
}

type KubeconfigUse = { readonly kubeconfigPath: string; readonly server: string };

async function accessOf(
  config: KubeConfig,
  place: KubeconfigUse,
  answers: PluginAnswers,
): Promise<Access> {
  const entry = userEntry(config, place.kubeconfigPath);
  const tokenFile = tokenFileOf(entry, place.kubeconfigPath);
  const plugin = await pluginCredential(entry, place, answers);
  const options: RequestOptions & { servername?: string } = { headers: {} };
  await config.applyToHTTPSOptions(options);
  return {
    headers: {
      ...(tokenFile && (await tokenHeader(tokenFile))),
      ...(plugin.token !== undefined && { authorization: `Bearer ${plugin.token}` }),
      ...headersOf(options),
    },
    tls: tlsOf(options, plugin),
  };
}

function userEntry(config: KubeConfig, path: string): UserEntry {
  return usersOf(readFileSync(path, 'utf8')).get(config.getCurrentUser()?.name ?? '') ?? {};
}

/** What the library lacks: the file with the current user's token. */
function tokenFileOf({ tokenFile }: UserEntry, path: string): string | undefined {
  return tokenFile === undefined ? undefined : resolve(dirname(path), tokenFile);
}

/** How long a credential is used that does not say when it expires. */
const pluginLifetimeMs = 300_000;

/** What the plugin said last, as long as it holds. */
async function pluginCredential(
  { exec }: UserEntry,
  { kubeconfigPath, server }: KubeconfigUse,
  answers: PluginAnswers,
): Promise<PluginCredential> {
  if (!exec) return {};
  if (answers.credential && Date.now() < (answers.until ?? 0)) return answers.credential;
  const credential = await runPlugin(exec, { kubeconfigPath, server });
  answers.credential = credential;
  answers.until = credential.expiresAt ?? Date.now() + pluginLifetimeMs;
  return credential;
}

/** Read anew each time, since such a file is replaced while we run. */
async function tokenHeader(file: string): Promise<Record<string, string>> {
  const token = await readFile(file, 'utf8');
  return { authorization: `Bearer ${token.trim()}` };
}

function headersOf(options: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    headers[name.toLowerCase()] = String(value);
  }
  if (typeof options.auth === 'string') headers['authorization'] = basicAuthorization(options.auth);
  return headers;
}

function basicAuthorization(auth: string): string {
  return `Basic ${Buffer.from(auth).toString('base64')}`;
}

function tlsOf(options: RequestOptions & { servername?: string }, plugin: PluginCredential): Tls {
  const { ca, passphrase, rejectUnauthorized, servername } = options;
  const { cert = options.cert, key = options.key } = plugin;
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(passphrase !== undefined && { passphrase }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    ...(servername !== undefined && { servername }),
  };
}
