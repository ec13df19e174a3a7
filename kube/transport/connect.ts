/** Opens a connection from a kubeconfig. */
import { errorText } from '../../std/errorText.ts';
import { perform } from './call.ts';
import { Connection } from './connection.ts';
import { readTarget } from './credentials.ts';

/** A connected cluster under one identity. */
export type Kube = Connection;

export type KubeSource = {
  readonly kubeconfigPath: string;
  /** Another context than the current one. */
  readonly context?: string;
};

export type ConnectResult =
  | { readonly ok: true; readonly kube: Kube }
  | { readonly ok: false; readonly problem: string; readonly unknownContext?: true };

/** Connects and asks the server for its version; what goes wrong comes back as one sentence. */
export async function connectKube(source: KubeSource): Promise<ConnectResult> {
  const opened = await open(source);
  if (!opened.ok) return opened;
  const version = await perform(opened.kube, { method: 'GET', path: '/version', timeoutMs: 5_000 });
  if (version.ok) return opened;
  await opened.kube.close();
  return {
    ok: false,
    problem: `The Kubernetes API at ${opened.kube.server} (${source.kubeconfigPath}) did not answer: ${version.refusal.message}. Check that it runs and that this kubeconfig is meant.`,
  };
}

async function open(source: KubeSource): Promise<ConnectResult> {
  const read = readTarget(source.kubeconfigPath, source.context);
  if (!read.ok) return read;
  try {
    return { ok: true, kube: await Connection.open(read.target) };
  } catch (error) {
    const message = errorText(error);
    return {
      ok: false,
      problem: `The credentials in ${source.kubeconfigPath} could not be used: ${message}. Check its user entry.`,
    };
  }
}
