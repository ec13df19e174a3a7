/** One real nats-server for a test file: own port, own folder, gone with the test process. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureBinaries } from '../../embedded/toolchain/index.ts';

export type NatsServer = {
  readonly url: string;
  /** `kill -9`; the data stays. */
  readonly kill: () => Promise<void>;
  /** Starts again on the same port and data. */
  readonly start: () => Promise<void>;
  readonly signal: (name: NodeJS.Signals) => void;
  /** Ends the server and removes its data. */
  readonly remove: () => Promise<void>;
};

/** A shell that ends the server as soon as the pipe from this process closes. */
const guardian = '"$@" & echo $!; cat >/dev/null; kill -9 $! 2>/dev/null';

/** `config`: in the server's own language, such as users and what they may do. */
export async function startNatsServer(config = ''): Promise<NatsServer> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-nats-'));
  await writeFile(join(folder, 'nats.conf'), config);
  let running = await launch(folder, '-1');
  const port = new URL(await listenUrl(folder, running.pid)).port;
  const url = `nats://127.0.0.1:${port}`;
  const kill = (): Promise<void> => stop(running.shell);
  return {
    url,
    kill,
    start: async () => {
      running = await launch(folder, port);
      await listenUrl(folder, running.pid);
    },
    signal: (name) => process.kill(running.pid, name),
    remove: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function launch(folder: string, port: string): Promise<{ shell: ChildProcess; pid: number }> {
  const file = join(folder, 'nats.conf');
  const options = [
    '-c',
    file,
    '-js',
    '-sd',
    folder,
    '-a',
    '127.0.0.1',
    '-p',
    port,
    '--ports_file_dir',
    folder,
  ];
  const { 'nats-server': binary } = await ensureBinaries();
  const shell = spawn('sh', ['-c', guardian, 'sh', binary, ...options], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  for await (const line of createInterface({ input: shell.stdout })) {
    return { shell, pid: Number(line) };
  }
  throw new Error('nats-server did not start');
}

/** Closing its stdin makes the shell kill the server and end. */
async function stop(shell: ChildProcess): Promise<void> {
  if (shell.exitCode !== null) return;
  const ended = once(shell, 'exit');
  shell.stdin?.end();
  await ended;
}

/** The server writes this file once it listens. */
async function listenUrl(folder: string, pid: number): Promise<string> {
  for (let waitedMs = 0; waitedMs < 10_000; waitedMs += 10) {
    const name = readdirSync(folder).find((file) => file.endsWith(`_${pid}.ports`));
    const text = name === undefined ? '' : await readFile(join(folder, name), 'utf8');
    if (text !== '') return (JSON.parse(text) as { nats: string[] }).nats[0]!;
    await delay(10);
  }
  throw new Error(`nats-server ${pid} does not listen`);
}
