/** The one logger: JSON lines on stderr, constant messages, everything that varies in fields. */
import pino from 'pino';
import { visibleLines } from '../domain/text.ts';
import type { Writable } from 'node:stream';

export type LogFields = Readonly<Record<string, unknown>>;

export type Logger = {
  readonly debug: (message: string, fields?: LogFields) => void;
  readonly info: (message: string, fields?: LogFields) => void;
  readonly warn: (message: string, fields?: LogFields) => void;
  readonly error: (message: string, fields?: LogFields) => void;
  /** A logger that adds these fields to each line. */
  readonly with: (fields: LogFields) => Logger;
};

export type LoggerOptions = {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error';
  /** On each line: which process speaks. */
  readonly name: string;
  readonly to?: Writable;
};

/** Whatever is called like this never reaches a log, at the top of the fields or one level below. */
const secretFields = ['password', 'secret', 'token', 'authorization', 'credentials'];

/** Lines are written at once: a crash loses none. An `error` field keeps type, message and stack. */
export function createLogger({ level, name, to }: LoggerOptions): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: { name },
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { error: pino.stdSerializers.err },
    // Terminals obey some characters that JSON may hold as they are.
    hooks: { streamWrite: visibleLines },
    redact: secretFields.flatMap((field) => [field, `*.${field}`]),
  };
  return wrap(pino(options, to ?? pino.destination({ dest: 2, sync: true })));
}

function wrap(logger: pino.Logger): Logger {
  return {
    debug: (message, fields = {}) => logger.debug(fields, message),
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
    with: (fields) => wrap(logger.child(fields)),
  };
}
