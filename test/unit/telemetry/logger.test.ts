import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../telemetry/logger.ts';

function capture(level: 'debug' | 'info') {
  const lines: Record<string, unknown>[] = [];
  const to = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  return { lines, logger: createLogger({ level, name: 'engine', to }) };
}

describe('the logger', () => {
  it('escapes what a terminal would obey', () => {
    let text = '';
    const to = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        text += chunk.toString();
        done();
      },
    });
    const logger = createLogger({ level: 'info', name: 'engine', to });
    const message = '\u009B2J\u202Eevil\u2028\u007F';
    logger.info('a watch had trouble', { message2: message });
    expect(text.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
    expect(JSON.parse(text)).toMatchObject({ message2: message });
  });

  it('writes one JSON object per line, with the message constant and the rest in fields', () => {
    const { lines, logger } = capture('info');
    logger.with({ cluster: 'c' }).warn('watch lost', { kind: 'nodes' });
    expect(lines).toEqual([
      {
        level: 'warn',
        time: expect.any(String),
        name: 'engine',
        cluster: 'c',
        kind: 'nodes',
        message: 'watch lost',
      },
    ]);
  });

  it('is silent below its level', () => {
    const { lines, logger } = capture('info');
    logger.debug('heard');
    logger.error('failed');
    logger.info('started');
    expect(lines.map(({ message }) => message)).toEqual(['failed', 'started']);
  });

  it('keeps the stack of an error and hides what is secret', () => {
    const { lines, logger } = capture('debug');
    logger.error('failed', { error: new TypeError('x'), bmc: { password: 'p' }, token: 't' });
    expect(lines[0]).toMatchObject({
      error: { type: 'TypeError', message: 'x', stack: expect.stringContaining('logger.test') },
      bmc: { password: '[Redacted]' },
      token: '[Redacted]',
    });
  });
});
