/** The terminal this process runs on, as commands may use it. */
import { createInterface } from 'node:readline';
import { dirname } from 'node:path';
import type { Io, Screen } from '../io.ts';
import { gated } from '../text/paint.ts';
import { quote } from '../text/quote.ts';

const defaultHeight = 24;
const defaultWidth = 80;

export function terminalIo(): Io {
  leaveWithReader();
  const { stdout, stderr, stdin, env } = process;
  const canAsk = stdin.isTTY && stderr.isTTY;
  const isLive = screenOf(stdout, env).live;
  return {
    out: (text) => void stdout.write(gated(text, screenOf(stdout, env).color)),
    err: (text) => void stderr.write(gated(text, false)),
    get screen() {
      return screenOf(stdout, env);
    },
    ...(isLive && { rewind }),
    ...(canAsk && { ask }),
    calledAs: calledAs(process.argv, process.env),
    env,
    now: () => Date.now(),
    get interrupted() {
      return interruption();
    },
  };
}

/** Past this gate only what moves the cursor goes by. */
function rewind(rows: number): void {
  if (rows > 0) process.stdout.write(`\u001B[${rows}A\u001B[0J`);
}

type Sized = Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows'>>;

/** A terminal that does not know its size has the usual one. */
export function screenOf({ isTTY = false, columns, rows }: Sized, env: NodeJS.ProcessEnv): Screen {
  const live = isTTY && env['TERM'] !== 'dumb';
  const noColor = (env['NO_COLOR'] ?? '') !== '';
  return {
    width: isTTY ? known(columns, known(Number(env['COLUMNS']), defaultWidth)) : Infinity,
    height: isTTY ? known(rows, defaultHeight) : defaultHeight,
    color: live && !noColor,
    live,
  };
}

function known(size: number | undefined, otherwise: number): number {
  return size !== undefined && Number.isSafeInteger(size) && size > 0 ? size : otherwise;
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
