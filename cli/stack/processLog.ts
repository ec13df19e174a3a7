/** Whatever this process has to say, whoever says it, as a line of its log. */
import { format } from 'node:util';
import type { Logger } from '../../telemetry/logger.ts';

/** Node's warnings, texts that libraries print, and what nobody caught; the last of these ends the process. */
export function logWholeProcess(log: Logger): void {
  // Node's own listener would print a text.
  process.removeAllListeners('warning');
  process.on('warning', (error) => log.warn('a warning of Node', { error }));
  process.on('uncaughtException', (error, origin) => {
    log.error('the engine ends on what nobody caught', { error, origin });
    process.exit(1);
  });
  const printed = (...parts: readonly unknown[]): void =>
    log.warn('printed by a library', { text: format(...parts) });
  Object.assign(console, {
    log: printed,
    info: printed,
    warn: printed,
    error: printed,
    debug: printed,
    trace: printed,
  });
}
