/** The connection to a Temporal cluster. */
import { Client, Connection } from '@temporalio/client';

export type Temporal = {
  readonly client: Client;
  readonly address: string;
  readonly namespace: string;
  readonly close: () => Promise<void>;
};

export type TemporalUnreachable = { readonly kind: 'unreachable'; readonly why: string };

const connectTimeoutMs = 5_000;

/** Connects once; later losses heal by themselves. `why` is a sentence for a person. */
export async function connectTemporal(options: {
  readonly address: string;
  readonly namespace: string;
}): Promise<Temporal | TemporalUnreachable> {
  const { address, namespace } = options;
  try {
    const connection = await Connection.connect({ address, connectTimeout: connectTimeoutMs });
    const client = new Client({ connection, namespace });
    return { client, address, namespace, close: () => connection.close() };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { kind: 'unreachable', why: `cannot reach Temporal at ${address}: ${detail}` };
  }
}
