/** The kubeconfig: where the server is and how to prove who we are. */
import { KubeConfig } from '@kubernetes/client-node';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { dirname, resolve } from 'node:path';
import { tokenFilesOf } from '../schemas/kubeconfig.ts';

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

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const basicAuthorization = (auth: string): string =>
  `Basic ${Buffer.from(auth).toString('base64')}`;

const headersOf = (options: RequestOptions): Record<string, string> => {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    headers[name.toLowerCase()] = String(value);
  }
  if (typeof options.auth === 'string') headers['authorization'] = basicAuthorization(options.auth);
  return headers;
};

/** What the library lacks: the file with the current user's token. */
const tokenFileOf = (config: KubeConfig, path: string): string | undefined => {
  const file = tokenFilesOf(readFileSync(path, 'utf8')).get(config.getCurrentUser()?.name ?? '');
  return file === undefined ? undefined : resolve(dirname(path), file);
};

/** Read anew each time, since such a file is replaced while we run. */
const tokenHeader = async (file: string): Promise<Record<string, string>> => {
  const token = await readFile(file, 'utf8');
  return { authorization: `Bearer ${token.trim()}` };
};

const accessOf = async (config: KubeConfig, path: string): Promise<Access> => {
  const tokenFile = tokenFileOf(config, path);
  const options: RequestOptions & { servername?: string } = { headers: {} };
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key, passphrase, rejectUnauthorized, servername } = options;
  return {
    headers: { ...(tokenFile && (await tokenHeader(tokenFile))), ...headersOf(options) },
    tls: {
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(passphrase !== undefined && { passphrase }),
      ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
      ...(servername !== undefined && { servername }),
    },
  };
};

const failed = (problem: string): TargetResult => ({ ok: false, problem });

const load = (path: string): KubeConfig | string => {
  try {
    const config = new KubeConfig();
    config.loadFromFile(path);
    return config;
  } catch (error) {
    return messageOf(error);
  }
};

const chooseContext = (config: KubeConfig, wanted: string | undefined): string | undefined => {
  if (wanted === undefined) return undefined;
  const known = config.getContexts().map((context) => context.name);
  if (!known.includes(wanted))
    return `has no context "${wanted}"; it has ${known.join(', ') || 'none'}`;
  config.setCurrentContext(wanted);
  return undefined;
};

/** Reads a kubeconfig; what is wrong with it comes back as one sentence. */
export const readTarget = (path: string, context?: string): TargetResult => {
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
  const target: Target = {
    server: cluster.server.replace(/\/+$/, ''),
    contextName: config.getCurrentContext(),
    access: () => accessOf(config, path),
  };
  return { ok: true, target };
};
