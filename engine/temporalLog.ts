/** What Temporal's SDK and its native core have to say, as lines of our own log. */
import { makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import type { RuntimeOptions } from '@temporalio/worker';
import { createLogger } from '../telemetry/logger.ts';
import type { LogFields, Logger } from '../telemetry/logger.ts';

type TemporalLogger = NonNullable<RuntimeOptions['logger']>;
type Level = Parameters<TemporalLogger['log']>[0];

/** There is one Temporal runtime per process; it writes to the log of the engine that was started last. */
let sink: Logger = createLogger({ level: 'warn', name: 'temporal' });

export function logTemporalTo(log: Logger): void {
  sink = log.with({ from: 'temporal' });
}

/** Temporal's own lines below a warning are logged at level debug alone. */
export const temporalLogger: TemporalLogger = {
  log: (level, message, meta) => write(level, message, meta),
  trace: (message, meta) => write('TRACE', message, meta),
  debug: (message, meta) => write('DEBUG', message, meta),
  info: (message, meta) => write('INFO', message, meta),
  warn: (message, meta) => write('WARN', message, meta),
  error: (message, meta) => write('ERROR', message, meta),
};

function write(level: Level, message: string, meta: LogFields = {}): void {
  if (level === 'ERROR') sink.error(message, { ...meta });
  else if (level === 'WARN') sink.warn(message, { ...meta });
  else sink.debug(message, { ...meta });
}

Runtime.install({
  logger: temporalLogger,
  telemetryOptions: {
    logging: {
      forward: {},
      filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }),
    },
  },
});
