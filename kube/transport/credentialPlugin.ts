/** Credentials from a program that the kubeconfig names, run with a deadline; nothing that it started outlives its answer. */
import { spawn, type ChildProcess } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { parsePluginCredential } from '../../schemas/config/kubeconfig.ts';
import type { CredentialPlugin, PluginCredential } from '../../schemas/config/kubeconfig.ts';

export type PluginRun = {
  /** The kubeconfig: a relative path of the program starts beside it. */
  readonly kubeconfigPath: string;
  readonly server: string;
  readonly deadlineMs?: number;
};

const usualDeadlineMs = 10_000;
const mostOutput = 1024 * 1024;

/** Throws an error whose message is for a person. */
export async function runPlugin(
  plugin: CredentialPlugin,
  run: PluginRun,
): Promise<PluginCredential> {
  const printed = await output(plugin, run);
  const credential = parsePluginCredential(printed);
  if (!credential) throw new Error(`the plugin ${plugin.command} printed no ExecCredential`);
  if (credential.token === undefined && credential.cert === undefined)
    throw new Error(`the plugin ${plugin.command} printed neither a token nor a certificate`);
  return credential;
}

const lingerMs = 500;

async function output(plugin: CredentialPlugin, run: PluginRun): Promise<string> {
  const { deadlineMs = usualDeadlineMs } = run;
  const { promise, resolve: done, reject } = Promise.withResolvers<string>();
  const child = start(plugin, run);
  const texts = { out: '', err: '' };
  collect(child, texts);
  const tooLate = `the plugin ${plugin.command} did not answer within ${deadlineMs / 1_000} s and was ended`;
  const timer = setTimeout(() => reject(new Error(tooLate)), deadlineMs);
  child.once('error', (error) => reject(new Error(startFailure(plugin, error))));
  child.once('exit', (code, signal) => {
    // What it left running may hold its output open for ever.
    setTimeout(() => killGroup(child), lingerMs).unref();
    child.once('close', () => {
      if (code === 0) done(texts.out);
      else reject(new Error(endFailure(plugin, code ?? signal ?? 'unknown', texts.err)));
    });
  });
  const ignoreSignals = endWithProcess(child);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    ignoreSignals();
    killGroup(child);
  }
}

/** In a process group of its own, so that all it starts can be ended with it. */
function start({ command, args, env, ...plugin }: CredentialPlugin, run: PluginRun): ChildProcess {
  const own = Object.fromEntries((env ?? []).map(({ name, value }) => [name, value]));
  const { apiVersion, provideClusterInfo } = plugin;
  const cluster = provideClusterInfo ? { cluster: { server: run.server } } : {};
  const spec = { interactive: false, ...cluster };
  const info = JSON.stringify({ apiVersion, kind: 'ExecCredential', spec });
  const path = command.includes('/') ? resolve(dirname(run.kubeconfigPath), command) : command;
  return spawn(path, args ?? [], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, KUBERNETES_EXEC_INFO: info, ...own },
  });
}

function collect({ stdout, stderr }: ChildProcess, texts: { out: string; err: string }): void {
  stdout?.setEncoding('utf8').on('data', (text: string) => {
    if (texts.out.length < mostOutput) texts.out += text;
  });
  stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (texts.err.length < mostOutput) texts.err += text;
  });
}

function startFailure({ command, installHint }: CredentialPlugin, error: Error): string {
  const hint = installHint === undefined ? '' : `. ${installHint.trim()}`;
  return `the plugin ${command} could not be started (${error.message})${hint}`;
}

function endFailure({ command }: CredentialPlugin, code: number | string, err: string): string {
  const said = err.trim().split('\n').at(-1) ?? '';
  return `the plugin ${command} failed with ${code}${said === '' ? '' : `: ${said}`}`;
}

const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ctrl-C does not reach another process group: it is passed on, and then has its usual effect. Answers how to stop that. */
function endWithProcess(child: ChildProcess): () => void {
  const stop = (): void => {
    for (const signal of endings) process.off(signal, onSignal);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    stop();
    killGroup(child);
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  for (const signal of endings) process.on(signal, onSignal);
  return stop;
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
