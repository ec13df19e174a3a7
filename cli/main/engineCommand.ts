/** The command `engine`. */
import { Option, type Command } from 'commander';
import type { Io } from '../io.ts';
import { tell } from '../show.ts';
import { readableFile } from './arguments.ts';

const modes = ['observe', 'act'];
const logLevels = ['trace', 'debug', 'info', 'warn', 'error'];

type EngineWords = { readonly config?: string; readonly mode?: string; readonly logLevel?: string };

/** Adds `engine`, which loads Temporal's worker only when it is called. */
export function addEngineCommand(program: Command, io: Io): void {
  program
    .command('engine')
    .description('run the engine against given NATS, Temporal and Kubernetes')
    .option('--config <file>', 'the EngineConfig, YAML; see docs/CONFIGURATION.md', readableFile)
    .addOption(
      new Option('--mode <mode>', 'observe is the default: decide and journal only').choices(modes),
    )
    .addOption(new Option('--log-level <level>', 'from which level on to log').choices(logLevels))
    .action(async (flags: EngineWords) => {
      const { engine } = await import('../stack/engine.ts');
      const stop = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.once(signal, () => stop.abort());
      }
      process.exitCode = await engine(
        { ...flags, environment: process.env },
        { say: (text) => tell(io, ...text.split('\n')), stop: stop.signal },
      );
    });
}
