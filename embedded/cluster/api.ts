/** A small client of the local API server. */
import { readFile } from 'node:fs/promises';
import { httpClient } from '../http.ts';

type KubeAnswer = { readonly status: number; readonly body: unknown };

/** A small client of the local API server as one user. Answers are values whatever their status. */
export type KubeApi = {
  get(path: string): Promise<KubeAnswer>;
  create(path: string, body: unknown): Promise<KubeAnswer>;
  /** A strategic merge patch, in which list entries such as conditions merge by their key. */
  patch(path: string, body: unknown): Promise<KubeAnswer>;
  /** A JSON merge patch. */
  merge(path: string, body: unknown): Promise<KubeAnswer>;
  /** Server-side apply: creates or updates. */
  apply(path: string, body: unknown): Promise<KubeAnswer>;
  remove(path: string): Promise<KubeAnswer>;
  /** The plain text of a health endpoint. */
  health(path: string): Promise<string>;
  close(): void;
};

const healthTimeoutMs = 2_000;

/**
 * The client that trusts what `caFile` holds now; fails while there is no such file. A server that writes its
 * certificate creates the file first, so a client made from the empty one is replaced.
 */
export function kubeApiOf(url: string, caFile: string, token: string): () => Promise<KubeApi> {
  let made: { readonly ca: string; readonly api: KubeApi } | undefined;
  return async () => {
    const ca = await readFile(caFile, 'utf8');
    if (made?.ca !== ca) {
      made?.api.close();
      made = { ca, api: kubeApi(url, ca, token) };
    }
    return made.api;
  };
}

/** Sets up the client; `ca` is the text of the authority's certificate. */
export function kubeApi(url: string, ca: string, token: string): KubeApi {
  const client = httpClient(url, ca);
  const authorization = `Bearer ${token}`;
  const send = async (method: string, path: string, body?: unknown, type = 'application/json') => {
    const answer = await client.ask(path, {
      method,
      headers: { authorization, 'content-type': type, accept: 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: parse(answer.body) };
  };
  return {
    get: (path) => send('GET', path),
    create: (path, body) => send('POST', path, body),
    patch: (path, body) => send('PATCH', path, body, 'application/strategic-merge-patch+json'),
    merge: (path, body) => send('PATCH', path, body, 'application/merge-patch+json'),
    apply: (path, body) =>
      send(
        'PATCH',
        `${path}?fieldManager=slipway-local&force=true`,
        body,
        'application/apply-patch+yaml',
      ),
    remove: (path) => send('DELETE', path),
    health: async (path) =>
      (await client.ask(path, { headers: { authorization }, timeoutMs: healthTimeoutMs })).body,
    close: () => client.close(),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
