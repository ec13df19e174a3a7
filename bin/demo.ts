/** `npm run demo`. */
import { parseArgs } from 'node:util';
import { runDemo } from '../demo/index.ts';

const { values } = parseArgs({
  options: {
    exit: { type: 'boolean', default: false },
    output: { type: 'string', short: 'o', default: 'text' },
    'without-bmc': { type: 'boolean', default: false },
  },
});
const isJson = values.output === 'json';
const stream = isJson ? process.stderr : process.stdout;
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => stop.abort());

const exitCode = await runDemo(
  { exit: values.exit, output: isJson ? 'json' : 'text', withoutBmc: values['without-bmc'] },
  {
    screen: {
      write: (text) => void stream.write(text),
      columns: stream.isTTY ? stream.columns : undefined,
      color: stream.isTTY && (process.env['NO_COLOR'] ?? '') === '',
    },
    result: (text) => void process.stdout.write(text),
    signal: stop.signal,
  },
);
// A build of servers that was called off would go on.
process.exit(exitCode);
