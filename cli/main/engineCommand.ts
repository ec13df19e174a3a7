import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { tell } from '../show.ts';

type Flags = { readonly config?: string; readonly mode?: string; readonly logLevel?: string };

/** Adds `engine`, which loads Temporal's worker only when it is called. */
export const addEngineCommand = (program: Command, io: Io): void => {
  program
    .command('engine')
    .description('run the engine against given NATS, Temporal and Kubernetes')
    .option('--config <file>', 'the EngineConfig, YAML; see docs/CONFIGURATION.md')
    .option('--mode <mode>', 'observe (the default: decide and journal only) or act')
    .option('--log-level <level>', 'trace, debug, info, warn or error')
    .action(async (flags: Flags) => {
      const { engine } = await import('../stack/engine.ts');
      const stop = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.once(signal, () => stop.abort());
      }
      process.exitCode = await engine(
        { ...flags, environment: process.env },
        { say: (line) => tell(io, line), stop: stop.signal },
      );
    });
};
