/** A server as a child process that ends with its parent. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { codeOf, StackFailure } from './failure.ts';
import { isStopped } from './processes.ts';
import { waitFor } from './waitFor.ts';

/**
 * Starts the program in `"$@"` and outlives it. Node has no parent-death signal, so this shell holds a pipe from the
 * parent: when the pipe closes, however the parent died, the program is woken, asked to end, and killed after 3 s. Who
 * waits for that outlives a signal to all processes at once, to which a program may be slow to answer.
 */
const wrapper = `
exec 4<&0 </dev/null
"$@" 3>&- 4<&- &
p=$!
echo $p >&3
exec 3>&-
{
  trap '' HUP INT TERM
  cat <&4 >/dev/null
  kill -CONT $p; kill -TERM $p
  for i in 1 2 3 4 5 6; do sleep 0.5; kill -0 $p 2>/dev/null || exit; done
  kill -KILL $p
} 2>/dev/null &
w=$!
exec 4<&-
wait $p
code=$?
kill -KILL $w 2>/dev/null
exit $code
`;

const readyWithinMs = 60_000;
const shownLogLines = 3;
const searchedLogLines = 40;
const stopsWithinMs = 2_000;
const signalOffset = 128;

export type ChildSpec<Name extends string = string> = {
  readonly name: Name;
  readonly command: readonly [string, ...string[]];
  readonly environment?: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Done before each start. */
  readonly prepare?: () => Promise<void>;
  /** Asked until it returns true; a throw counts as false. */
  readonly isReady: () => Promise<boolean>;
  /** How long it may take to stop before it is killed. */
  readonly stopWithinMs: number;
};

export type Death = {
  readonly name: string;
  /** The exit code; 128 + n after signal n. */
  readonly code: number;
  readonly logFile: string;
  /** One sentence for the user. */
  readonly sentence: string;
};

type Running = { readonly shell: ChildProcess; readonly pid: number; ended: Promise<number> };

/** One server of the stack as a process that ends with its parent. */
export class Child<Name extends string = string> {
  readonly spec: ChildSpec<Name>;
  /** Resolves when the server ends without having been asked to; never rejects. */
  readonly died: Promise<Death>;
  #running: Running | undefined;
  #expected = new Set<Running>();
  #reportDeath: (death: Death) => void = () => {};

  constructor(spec: ChildSpec<Name>) {
    this.spec = spec;
    this.died = new Promise((resolve) => {
      this.#reportDeath = resolve;
    });
  }

  get name(): Name {
    return this.spec.name;
  }

  /** The process id of the server itself, while it runs. */
  get pid(): number | undefined {
    return this.#running?.pid;
  }

  /**
   * Starts the server and waits until it is ready; a failure says how it ended and what it last logged.
   * `onSpawned` is called as soon as its process exists.
   */
  async start(onSpawned: () => Promise<void> = async () => {}): Promise<void> {
    if (this.#running) return;
    await this.spec.prepare?.();
    const running = await spawnWrapped(this.spec);
    this.#running = running;
    await onSpawned();
    let isReady = false;
    void running.ended.then((code) => this.#onEnd(running, code, isReady));
    const outcome = await Promise.race([
      waitFor(async () => (await this.spec.isReady()) || undefined, { deadlineMs: readyWithinMs }),
      running.ended,
    ]);
    isReady = outcome === true;
    if (!isReady) await this.#failStart(running, outcome);
  }

  /** Sends a signal to the server; what it does to it counts as asked for. */
  kill(signal: NodeJS.Signals): void {
    if (!this.#running) return;
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') this.#expected.add(this.#running);
    if (isAlive(this.#running.pid)) process.kill(this.#running.pid, signal);
  }

  /** Stops the server where it is (SIGSTOP); resolves once it stands still. */
  async pause(): Promise<void> {
    const pid = this.#running?.pid;
    if (pid === undefined) return;
    this.kill('SIGSTOP');
    await waitFor(async () => (await isStopped(pid)) || undefined, { deadlineMs: stopsWithinMs });
  }

  resume(): void {
    this.kill('SIGCONT');
  }

  /** Ends the server: asks, and kills it after its deadline. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (!running) return;
    this.kill('SIGCONT');
    this.kill('SIGTERM');
    const force = setTimeout(() => this.kill('SIGKILL'), this.spec.stopWithinMs);
    await running.ended;
    clearTimeout(force);
    this.#running = undefined;
  }

  /** Starts the server again on the same port and data, after ending it if it still runs. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Resolves once the server's process is gone. */
  async ended(): Promise<void> {
    await this.#running?.ended;
  }

  #onEnd(running: Running, code: number, wasReady: boolean): void {
    if (this.#running === running) this.#running = undefined;
    if (!wasReady || this.#expected.delete(running)) return;
    const { name, logFile } = this.spec;
    const sentence = `${name} ended by itself with exit code ${code}: see ${logFile}.`;
    this.#reportDeath({ name, code, logFile, sentence });
  }

  async #failStart(running: Running, outcome: number | boolean | undefined): Promise<never> {
    const { name, logFile } = this.spec;
    if (this.#running === running) await this.stop();
    const how =
      typeof outcome === 'number'
        ? `ended with exit code ${outcome}`
        : `was not ready within ${readyWithinMs / 1000} s`;
    const lines = await lastLines(logFile);
    const isPortTaken = lines.some((line) => line.includes('address already in use'));
    throw new StackFailure(
      `${name} ${how} while starting: see ${logFile} (${lines.slice(-shownLogLines).join(' | ')}).`,
      { isPortTaken },
    );
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

async function lastLines(logFile: string): Promise<string[]> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-searchedLogLines);
}

async function spawnWrapped(spec: ChildSpec): Promise<Running> {
  const log = openSync(spec.logFile, 'a');
  const shell = spawn('/bin/sh', ['-c', wrapper, 'slipway-child', ...spec.command], {
    stdio: ['pipe', log, log, 'pipe'],
    env: { ...process.env, ...spec.environment },
    detached: true,
  });
  closeSync(log);
  const ended = once(shell, 'exit').then(([code]: unknown[]) =>
    typeof code === 'number' ? code : signalOffset,
  );
  shell.stdin?.on('error', () => {});
  void ended.finally(() => shell.stdin?.destroy());
  return { shell, pid: await readPid(shell), ended };
}

/** The shell tells the server's process id on its third pipe. */
async function readPid(shell: ChildProcess): Promise<number> {
  const pipe = shell.stdio[3];
  if (!(pipe instanceof Readable)) throw new Error('the shell has no third pipe');
  const line = once(createInterface({ input: pipe }), 'line');
  return line.then((values: unknown[]) => Number(values[0]));
}
