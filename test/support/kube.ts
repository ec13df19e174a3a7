/** Connections to a stack's API server: straight, through a proxy, and as a person with kubectl. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Stack } from '../../embedded/index.ts';
import { connectKube } from '../../kube/index.ts';
import type { Kube } from '../../kube/index.ts';
import { startHttpProxy } from './httpProxy.ts';
import type { HttpProxy } from './httpProxy.ts';
import { startProxy } from './proxy.ts';
import type { Proxy } from './proxy.ts';

type User = keyof Stack['state']['kubernetes']['kubeconfigs'];

export function connectAs(stack: Stack, user: User): Promise<Kube> {
  return connectTo(stack.state.kubernetes.kubeconfigs[user]);
}

export type Through<P> = { readonly kube: Kube; readonly proxy: P };

export async function connectThroughProxy(stack: Stack, user: User): Promise<Through<Proxy>> {
  const proxy = await startProxy(Number(new URL(stack.state.kubernetes.url).port));
  const path = await redirect(stack, user, `https://127.0.0.1:${proxy.port}`);
  return { kube: await connectTo(path), proxy };
}

export async function connectThroughHttpProxy(
  stack: Stack,
  user: User,
): Promise<Through<HttpProxy>> {
  const { url, caFile } = stack.state.kubernetes;
  const proxy = await startHttpProxy(url, await readFile(caFile, 'utf8'));
  const path = await redirect(stack, user, proxy.url);
  return { kube: await connectTo(path), proxy };
}

/** A kubeconfig like the user's own that leads elsewhere; returns its path. */
export async function redirect(stack: Stack, user: User, server: string): Promise<string> {
  const { kubeconfigs, url } = stack.state.kubernetes;
  const text = (await readFile(kubeconfigs[user], 'utf8')).replaceAll(url, server);
  const config = JSON.parse(text) as { clusters: { cluster: Record<string, unknown> }[] };
  // Plain HTTP is refused by the reader of kubeconfigs unless it is asked for in these words.
  if (server.startsWith('http:'))
    for (const entry of config.clusters)
      entry.cluster = { server, 'insecure-skip-tls-verify': true };
  const path = join(stack.dataDir, `${user}-${new URL(server).port}.kubeconfig`);
  await writeFile(path, JSON.stringify(config));
  return path;
}

async function connectTo(kubeconfigPath: string): Promise<Kube> {
  const connected = await connectKube({ kubeconfigPath });
  if (!connected.ok) throw new Error(connected.problem);
  return connected.kube;
}

const run = promisify(execFile);

/** Runs kubectl as a person and returns what it printed. */
export async function kubectl(stack: Stack, ...args: string[]): Promise<string> {
  const { kubectl: binary, kubernetes } = stack.state;
  const flags = ['--kubeconfig', kubernetes.kubeconfigs.alice];
  const { stdout } = await run(binary, [...flags, ...args]);
  return stdout;
}
