/** What may stand at the end of a command line, made of the program itself so that it cannot say anything else. */
import type { Argument, Command, Option } from 'commander';

/** What a shell completes by itself, or a server knows. */
export type Source = 'files' | 'folders' | 'nodes' | 'repairs';

export type Candidates = {
  readonly words: readonly Candidate[];
  readonly source?: Source;
  /** Where the words already typed lead: `repairs show`. */
  readonly command: string;
};

export type Candidate = { readonly word: string; readonly about?: string };

/** `words`: after the program's name; the last one is still being typed, and may be empty. */
export function candidatesFor(program: Command, words: readonly string[]): Candidates {
  const typed = joined(words);
  const current = typed.at(-1) ?? '';
  const place = placeAfter(program, typed.slice(0, -1));
  const found = foundAt(place, current);
  const fitting = found.words.filter(({ word }) => word.startsWith(current));
  return { ...found, words: fitting, command: pathOf(place.command) };
}

/** Bash takes `--output=js` apart into three words. */
function joined(words: readonly string[]): readonly string[] {
  return words.reduce<readonly string[]>((before, word) => {
    const last = before.at(-1) ?? '';
    const belongs = word === '=' ? /^--[^=]+$/.test(last) : /^--[^=]+=$/.test(last);
    return belongs ? [...before.slice(0, -1), `${last}${word}`] : [...before, word];
  }, []);
}

type TypedPlace = {
  readonly command: Command;
  readonly given: number;
  /** The option whose value is being typed. */
  readonly option?: Option;
  readonly onlyArguments: boolean;
};

function placeAfter(program: Command, words: readonly string[]): TypedPlace {
  let place: TypedPlace = { command: program, given: 0, onlyArguments: false };
  for (const word of words) place = next(place, word);
  return place;
}

function next({ option, ...place }: TypedPlace, word: string): TypedPlace {
  if (option) return place;
  if (word === '--') return { ...place, onlyArguments: true };
  if (word.startsWith('-') && !place.onlyArguments) return withOption(place, word);
  const below = place.command.commands.find((one) => one.name() === word);
  return below ? { ...place, command: below } : { ...place, given: place.given + 1 };
}

function withOption(place: Omit<TypedPlace, 'option'>, word: string): TypedPlace {
  const option = place.command.options.find(({ long, short }) => word === long || word === short);
  return option?.required ? { ...place, option } : place;
}

type CandidateWords = Omit<Candidates, 'command'>;

function foundAt(
  { command, given, option, onlyArguments }: TypedPlace,
  current: string,
): CandidateWords {
  if (option) return valuesOf(option, '');
  if (!onlyArguments && /^--[^=]+=/.test(current)) return valueInWord(command, current);
  if (!onlyArguments && current.startsWith('-')) return { words: optionsOf(command) };
  if (command.commands.length > 0) return { words: given > 0 ? [] : commandsOf(command) };
  const argument = command.registeredArguments[given];
  return argument ? argumentValues(argument) : { words: [] };
}

function valueInWord(command: Command, current: string): CandidateWords {
  const name = current.slice(0, current.indexOf('='));
  const option = command.options.find(({ long }) => long === name);
  return option ? valuesOf(option, `${name}=`) : { words: [] };
}

function valuesOf({ argChoices, flags }: Option, before: string): CandidateWords {
  if (argChoices) return { words: argChoices.map((word) => ({ word: before + word })) };
  return ofKind(/<([a-z]+)>/.exec(flags)?.[1] ?? '', before !== '');
}

function argumentValues(argument: Argument): CandidateWords {
  if (argument.argChoices) return { words: argument.argChoices.map((word) => ({ word })) };
  return argument.name() === 'id' ? { words: [], source: 'repairs' } : ofKind(argument.name());
}

const sources: Readonly<Record<string, Source>> = {
  file: 'files',
  path: 'files',
  dir: 'folders',
  node: 'nodes',
};

/** What the placeholder in the help stands for. */
function ofKind(kind: string, isInWord = false): CandidateWords {
  const source = isInWord ? undefined : sources[kind];
  return { words: [], ...(source && { source }) };
}

function optionsOf(command: Command): readonly Candidate[] {
  const own = command.options.filter(({ hidden }) => !hidden);
  return [
    ...own.map(({ long, short, description }) => ({
      word: long ?? short ?? '',
      about: description,
    })),
    { word: '--help', about: 'display help for command' },
  ];
}

function commandsOf(command: Command): readonly Candidate[] {
  return command.commands.map((one) => ({ word: one.name(), about: one.description() }));
}

function pathOf(command: Command): string {
  const above = command.parent ? pathOf(command.parent) : '';
  return command.parent ? `${above} ${command.name()}`.trim() : '';
}
