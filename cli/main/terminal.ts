/** The terminal this process runs on, as commands may use it. */
import { createInterface } from 'node:readline';
import { dirname } from 'node:path';
import { failure, showFailure } from '../failure.ts';
import { exits, type Flags, type Io, type Reply, type Screen } from '../io.ts';
import { gated } from '../text/paint.ts';
import { quote } from '../text/quote.ts';

const defaultHeight = 24;
const defaultWidth = 80;

export function terminalIo(flags: Flags): Io {
  endWithOutput(flags);
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
async function ask(question: string): Promise<Reply> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const { promise, resolve } = Promise.withResolvers<Reply>();
  const end = (reply: Reply): void => {
    process.stderr.write('\n');
    resolve(reply);
  };
  lines.once('SIGINT', () => end('interrupted'));
  lines.once('close', () => end('no'));
  lines.question(`${question} [y/N] `, (text) =>
    resolve(/^y(es)?$/i.test(text.trim()) ? 'yes' : 'no'),
  );
  const reply = await promise;
  lines.removeAllListeners('close');
  lines.close();
  return reply;
}

/** Only a command that looks at it takes Ctrl-C away from the terminal. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  process.once('SIGTERM', () => controller.abort());
  return controller.signal;
}

/** `slipway ... | head` ends when head has enough; a device that is full is told, as far as that can still be done. */
function endWithOutput(flags: Flags): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    const io = { err: (text: string) => void process.stderr.write(gated(text, false)) };
    const what = `The answer could not be written: ${error.message}.`;
    process.exit(showFailure({ io, flags }, failure('outputFailed', what)));
  });
  // Nobody is left to tell.
  process.stderr.on('error', () => process.exit(exits.error));
}

/** What a person has to type to come here again. */
export function calledAs(
  [node = 'node', entry = 'slipway']: readonly string[],
  env: NodeJS.ProcessEnv,
): string {
  if (/\/kubectl-slipway(\.mjs)?$/.test(entry)) return 'kubectl slipway';
  if (env['npm_lifecycle_event'] === 'slipway') return 'npm run -s slipway --';
  if (env['npm_command'] === 'exec') return 'npx slipway';

  const onPath = (env['PATH'] ?? '').split(':').includes(dirname(entry));
  if (entry.endsWith('/slipway')) return onPath ? 'slipway' : quote(entry);
  return `${quote(node)} ${quote(entry)}`;
}
