/** `npm run demo`. */
import { parseArguments } from '../demo/arguments.ts';
import { runDemo } from '../demo/index.ts';
import { visibleLines } from '../domain/text.ts';

const asked = parseArguments(process.argv.slice(2));
if ('say' in asked) {
  process.stderr.write(visibleLines(asked.say));
  process.exit(asked.exitCode);
}
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => stop.abort());

const stream = asked.options.output === 'json' ? process.stderr : process.stdout;
const exitCode = await runDemo(asked.options, {
  screen: {
    write: (text) => void stream.write(text),
    columns: stream.isTTY ? stream.columns : undefined,
    color: stream.isTTY && (process.env['NO_COLOR'] ?? '') === '',
  },
  result: (text) => void process.stdout.write(text),
  signal: stop.signal,
});
// A build of servers that was called off would go on.
process.exit(exitCode);
