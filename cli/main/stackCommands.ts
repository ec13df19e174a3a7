/** The commands `up` and `down`. */
import type { Command } from 'commander';
import type { Io, Say } from '../io.ts';
import { showFailure } from '../failure.ts';
import { tell } from '../show.ts';
import { dataFolder, fileOrFolder, folder, wholeNumber } from './arguments.ts';

const defaultDataDir = '.slipway';
const defaultNodes = 10;
const mostNodes = 10_000;
const highestPort = 65_535;

type UpFlags = {
  readonly dataDir: string;
  readonly engine: boolean;
  readonly detach?: true;
  readonly nodes: number;
  readonly binDir?: string;
  readonly uiPort?: number;
  readonly policies?: string;
};

/** Adds `up` and `down`, which load the servers' code only when they are called. */
export function addStackCommands(program: Command, io: Io): void {
  const say: Say = (text) => tell(io, ...text.split('\n'));
  program
    .command('up')
    .description('run the real servers and the engine here, until Ctrl-C')
    .option('--data-dir <dir>', 'where the stack keeps its data', dataFolder, defaultDataDir)
    .option('-d, --detach', 'leave it running in the background')
    .option('--no-engine', 'servers only')
    .option('--nodes <count>', 'simulated machines', wholeNumber(0, mostNodes), defaultNodes)
    .option(
      '--policies <path>',
      'policies for the engine: a file or a folder; quick ones by default',
      fileOrFolder,
    )
    .option('--bin-dir <dir>', 'ready binaries of the servers', folder)
    .option('--ui-port <port>', "port of Temporal's web page", wholeNumber(1, highestPort))
    .action(async (flags: UpFlags) => {
      const mistake = await (await import('../stack/check.ts')).upMistake(flags);
      if (mistake) process.exitCode = showFailure({ io, flags: {} }, mistake);
      else await (flags.detach ? runDetached(flags, say) : runUp(flags, say));
    });
  program
    .command('down')
    .description('stop the local stack and keep its data')
    .option('--data-dir <dir>', 'where the stack keeps its data', dataFolder, defaultDataDir)
    .action(async ({ dataDir }: { dataDir: string }) => {
      const { down } = await import('../stack/down.ts');
      process.exitCode = await down(dataDir, say);
    });
}

async function runDetached(flags: UpFlags, say: Say): Promise<void> {
  const { upDetached } = await import('../stack/detach.ts');
  const [, entry = '', ...given] = process.argv;
  const same = given.filter((word) => word !== '--detach' && word !== '-d');
  process.exitCode = await upDetached(entry, same, flags.dataDir, say);
}

async function runUp(flags: UpFlags, say: Say): Promise<void> {
  const { up } = await import('../stack/up.ts');
  const { detach: _, ...options } = flags;
  const stop = stopSignal();
  process.exitCode = await up(options, { say, stop, onReady: () => process.send?.('ready') });
  if (process.connected) process.disconnect();
}

/** Raised by Ctrl-C or a request to end; asked a second time, the process ends at once and its servers with it. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const graceMs = 1_000;
  let askedAt = 0;
  const ask = () => {
    const now = performance.now();
    if (askedAt > 0 && now - askedAt > graceMs) process.exit(130);
    askedAt ||= now;
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
  return controller.signal;
}
