/** The terminal this process runs on, as commands may use it. */
import { createInterface } from 'node:readline';
import { dirname } from 'node:path';
import type { Io, Screen } from '../io.ts';
import { quote } from '../text/quote.ts';

const defaultHeight = 24;

export function terminalIo(): Io {
  leaveWithReader();
  const canAsk = process.stdin.isTTY && process.stderr.isTTY;
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    get screen() {
      return screenOf(process.stdout, process.env);
    },
    ...(canAsk && { ask }),
    calledAs: calledAs(process.argv, process.env),
    env: process.env,
    now: () => Date.now(),
    get interrupted() {
      return interruption();
    },
  };
}

function screenOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Screen {
  const live = stream.isTTY && env['TERM'] !== 'dumb';
  const noColor = (env['NO_COLOR'] ?? '') !== '';
  return {
    width: stream.isTTY ? stream.columns : Infinity,
    height: stream.isTTY ? stream.rows : defaultHeight,
    color: live && !noColor,
    live,
  };
}

/** Asked on the error stream, since the other one may go into a file. */
async function ask(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const { promise, resolve } = Promise.withResolvers<string>();
  lines.once('close', () => resolve(''));
  lines.question(`${question} [y/N] `, resolve);
  const answer = await promise;
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** Only a command that looks at it takes Ctrl-C away from the terminal. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  process.once('SIGTERM', () => controller.abort());
  return controller.signal;
}

/** `slipway ... | head` ends when head has enough. */
function leaveWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

/** What a person has to type to come here again. */
export function calledAs(
  [node = 'node', entry = 'slipway']: readonly string[],
  env: NodeJS.ProcessEnv,
): string {
  if (env['npm_lifecycle_event'] === 'slipway') return 'npm run -s slipway --';
  if (env['npm_command'] === 'exec') return 'npx slipway';
  const onPath = (env['PATH'] ?? '').split(':').includes(dirname(entry));
  if (entry.endsWith('/slipway')) return onPath ? 'slipway' : quote(entry);
  return `${quote(node)} ${quote(entry)}`;
}
