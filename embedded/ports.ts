/** Free ports on the loopback address. */
import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { recordOf } from './recordOf.ts';

/** Below the range from which systems hand out ports for outgoing connections, so nothing takes one by chance. */
const lowestPort = 20_000;
const highestPort = 31_999;
const attemptsPerPort = 50;

/** Whether a server on the loopback address could listen on this port now. */
export async function isFree(port: number): Promise<boolean> {
  const server = await hold(port);
  if (server) await letGo(server);
  return server !== undefined;
}

/**
 * A free port for each name, the preferred one where it is still free. All are held until all are chosen, so no two
 * names get the same port.
 */
export async function choosePorts<Name extends string>(
  names: readonly Name[],
  preferred: Partial<Record<string, number>>,
): Promise<Record<Name, number>> {
  const chosen = new Map<Name, [number, Server]>();
  try {
    for (const name of names) chosen.set(name, await holdOne(preferred[name]));
  } finally {
    await Promise.all([...chosen.values()].map(([, server]) => letGo(server)));
  }
  return recordOf(names, (name) => chosen.get(name)?.[0] ?? 0);
}

async function holdOne(preferred: number | undefined): Promise<[number, Server]> {
  const wishes = preferred === undefined ? [] : [preferred];
  for (let attempt = 0; attempt < attemptsPerPort; attempt++) {
    const port = wishes.pop() ?? randomInt(lowestPort, highestPort + 1);
    const server = await hold(port);
    if (server) return [port, server];
  }
  throw new Error(`no free port between ${lowestPort} and ${highestPort} on 127.0.0.1`);
}

function hold(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}

function letGo(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
