import { runOnTerminal } from '../cli/main/index.ts';

await runOnTerminal(process.argv.slice(2));
