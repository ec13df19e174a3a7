/** A connected, prepared hub on a server of its own. */
import { connectHub, type Hub } from '../../event-hub/connection.ts';
import { ensureStreams } from '../../event-hub/streams.ts';
import { startNatsServer, type NatsServer } from './natsServer.ts';

export type TestHub = {
  readonly server: NatsServer;
  readonly hub: Hub;
  readonly remove: () => Promise<void>;
};

export async function startHub(): Promise<TestHub> {
  const server = await startNatsServer();
  const hub = await openHub(server.url);
  expectKind(await ensureStreams(hub), 'ready');
  return {
    server,
    hub,
    remove: async () => {
      await hub.close();
      await server.remove();
    },
  };
}

export async function openHub(url: string, name = 'test'): Promise<Hub> {
  return expectKind(await connectHub({ url, name }), 'hub');
}

/** The answer, narrowed to the kind the test needs. */
export function expectKind<A extends { kind: string }, K extends A['kind']>(
  answer: A,
  kind: K,
): Extract<A, { kind: K }> {
  if (answer.kind !== kind) throw new Error(`${kind} wanted: ${JSON.stringify(answer)}`);
  return answer as Extract<A, { kind: K }>;
}
