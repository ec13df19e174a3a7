/** Runs one command line. */
import { CommanderError } from 'commander';
import { failure, showFailure } from '../failure.ts';
import { exits, type Exit, type Io } from '../io.ts';
import { flagsOf } from './askedForm.ts';
import { createProgram } from './program.ts';
import { unforeseen } from './run.ts';
import { terminalIo } from './terminal.ts';

/** A connection that does not end by itself must not keep a finished command alive. */
const lingerMs = 2_000;
const completionWord = '__complete';

/** Runs one command line, the words after the program's name; sets the exit code of the process. */
export async function runOnTerminal(words: readonly string[]): Promise<void> {
  const exit = await runCommand(words, terminalIo(flagsOf(words)));
  if (exit !== undefined) process.exitCode = exit;
  // Whoever pressed a key waits for the end of this process.
  if (words[0] === completionWord) process.exit();
  setTimeout(() => process.exit(), lingerMs).unref();
}

/** Answers what to exit with; undefined where the command set the exit code of the process itself. */
export async function runCommand(words: readonly string[], io: Io): Promise<Exit | undefined> {
  let ended: Exit | undefined;
  const onExit = (exit: Exit): void => {
    ended = exit;
  };
  const program = createProgram(io, onExit, flagsOf(words));
  try {
    if (words[0] === completionWord) {
      await (await import('../completion/complete.ts')).complete(program, words.slice(1), io);
      return exits.done;
    }
    await program.parseAsync([...words], { from: 'user' });
    return ended;
  } catch (error) {
    if (!(error instanceof CommanderError))
      return showFailure({ io, flags: flagsOf(words) }, unforeseen(error));
    return error.exitCode === 0 ? exits.done : misused(error, words, io);
  }
}

/** Commander's own texts begin with `error: ` and may have a second line. */
function misused({ code, message }: CommanderError, words: readonly string[], io: Io): Exit {
  const flags = flagsOf(words);
  if (code === 'commander.help') {
    if (flags.output === undefined) return exits.usage;
    return showFailure({ io, flags }, failure('usage', 'A command is missing.'));
  }
  const [first = '', ...more] = message.replace(/^error: /, '').split('\n');
  const trouble = failure('usage', /[.!?]$/.test(first) ? first : `${first}.`);
  return showFailure({ io, flags }, more.length > 0 ? { ...trouble, more } : trouble);
}
