/** `docs/CLI.md`, made of the program's own help so that it cannot say anything else. */
import type { Command } from 'commander';
import { exits, type Io } from '../io.ts';
import { createProgram } from './program.ts';

export function cliPage(): string {
  const commands = leaves(createProgram(silentIo, () => undefined));
  return [cliIntroduction, exitList(), ...commands.map(helpSection)].join('\n');
}

const cliIntroduction = `# The command line

This page is made of the program's own help and checked against it by a test.

Every screen begins with the cluster and its API address, the mode, whether Slipway is paused, when the
engine was last seen, and as of when the data is. What could not be read is named under "Not read"; the
command then ends with 6 and shows the rest.

**Where the servers are.** Flags come first, then the environment (\`SLIPWAY_KUBECONFIG\`, \`KUBECONFIG\`,
\`SLIPWAY_NATS_URL\`, \`SLIPWAY_NATS_CREDENTIALS_FILE\`, \`SLIPWAY_TEMPORAL_ADDRESS\`,
\`SLIPWAY_TEMPORAL_NAMESPACE\`, \`SLIPWAY_CLUSTER\`, \`SLIPWAY_DATA_DIR\`), then the local stack in
\`.slipway\`. A local stack that is named by \`--data-dir\` outweighs \`KUBECONFIG\`; one that is not is left
alone as soon as another kubeconfig is given.

**What changes something** needs \`--reason\`, records it with your name (as the API server knows you), shows
with \`--dry-run\` what it would do, and asks before it does it. \`--yes\` waives the question; without a
terminal nothing is asked and nothing is done.

**\`-o json\`** and **\`-o yaml\`** print what [schemas/cli-output.v1.json](schemas/cli-output.v1.json)
describes; times are milliseconds since 1970. A command that fails, or was called wrongly, prints one document
of the kind \`Error\` on the error stream and nothing else there. \`-o wide\` shortens nothing and has more
columns; \`-o name\` prints only what other commands take, a line each.

**\`--watch\`** keeps a list true until Ctrl-C, which ends it with 0. On a terminal it draws over what it drew;
into a pipe it writes the list once and then each line that is new; with \`-o json\` a document on one line for
each change.

**To keep a node out of service**, use \`slipway hold\`. \`kubectl cordon\` on a node that Slipway has cordoned sends
nothing, so nobody can see it, and a repair that ends well uncordons the node.

**In kubectl**: with \`kubectl-slipway\` on the PATH, \`kubectl slipway status\` is \`slipway status\`. KUBECONFIG may
name several files, of which the first that is there is taken; a credential plugin has ten seconds.
**In a shell**: \`source <(slipway completion bash)\`, or zsh; \`slipway completion fish | source\`.

Columns that do not fit a terminal are shortened and end with an ellipsis. What others wrote (conditions, BMCs,
journals, annotations, servers' messages) is shown with its control characters, escape sequences, direction
marks and characters without width as escapes, as in \`\\u001b\`. Colour is used on a terminal only, and never
with \`NO_COLOR\`.
`;

const exitMeanings: Readonly<Record<keyof typeof exits, string>> = {
  done: 'Done.',
  error: 'An error; the text says which, with a code of [ERRORS.md](ERRORS.md).',
  usage: 'The command line is not right, or a question could not be asked.',
  refused: 'Refused for safety: budget, hold, pause, or not the local stack.',
  waiting: 'Asked for, but not confirmed yet.',
  notFound: 'No such node, repair or message.',
  partial: 'Done in part: something could not be read or written.',
  interrupted: 'Ended by Ctrl-C before anything was done.',
};

function exitList(): string {
  const lines = Object.entries(exits).map(([name, code]) => `- **${code}**: ${meaningOf(name)}`);
  return ['## Exit codes', '', ...lines, ''].join('\n');
}

function meaningOf(name: string): string {
  return Object.entries(exitMeanings).find(([known]) => known === name)?.[1] ?? '';
}

/** Commands that do something, in the order of the help. */
function leaves(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

function helpSection(command: Command): string {
  const help = command.helpInformation().trimEnd();
  return [`## ${pathOf(command)}`, '', '```text', help, '```', ''].join('\n');
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

const silentIo: Io = {
  out: () => undefined,
  err: () => undefined,
  screen: { width: 80, height: 24, color: false, live: false },
  calledAs: 'slipway',
  env: {},
  now: () => 0,
  interrupted: new AbortController().signal,
};
