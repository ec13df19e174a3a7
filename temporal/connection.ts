/** The connection to a Temporal cluster. */
import { Client, Connection } from '@temporalio/client';
import type { ConnectionLike } from '@temporalio/client';
import { errorText } from '../std/errorText.ts';

export type Temporal = {
  readonly client: Client;
  readonly address: string;
  readonly namespace: string;
  /** Whether a started repair may begin at once in this very process. */
  readonly eager: boolean;
  readonly close: () => Promise<void>;
};

type Address = { readonly address: string; readonly namespace: string };

export type TemporalUnreachable = { readonly kind: 'unreachable'; readonly why: string };

const connectTimeoutMs = 5_000;

/** Connects once; later losses heal by themselves. `why` is a sentence for a person. */
export async function connectTemporal(options: Address): Promise<Temporal | TemporalUnreachable> {
  const { address } = options;
  try {
    const connection = await Connection.connect({ address, connectTimeout: connectTimeoutMs });
    return { ...speaking(connection, options), eager: false };
  } catch (error) {
    const detail = errorText(error);
    return { kind: 'unreachable', why: `cannot reach Temporal at ${address}: ${detail}` };
  }
}

/**
 * The same over the connection of this process's worker, which then begins a started repair at once. `identity` is the
 * worker's: the client takes that first task for it.
 */
export function overWorkerConnection(
  connection: ConnectionLike,
  options: Address & { readonly identity: string },
): Temporal {
  return { ...speaking(connection, options), eager: true };
}

function speaking(
  connection: ConnectionLike,
  { address, namespace, identity }: Address & { readonly identity?: string },
): Omit<Temporal, 'eager'> {
  const client = new Client({ connection, namespace, ...(identity !== undefined && { identity }) });
  return { address, namespace, client, close: () => connection.close() };
}
