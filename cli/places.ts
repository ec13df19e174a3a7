/** Where the servers are: flags first, then the environment, then the local stack of the data folder. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { temporalNamespace } from '../domain/vocabulary/temporal.ts';
import { defaultDataDir, readState } from '../embedded/state/index.ts';
import type { StackState } from '../schemas/local/stackState.ts';
import { natsMistake, temporalMistake } from './addresses.ts';
import { failure, isFailure, type Failure } from './failure.ts';
import type { Flags, Invocation } from './io.ts';
import { quote } from './text/quote.ts';

export type Places = {
  readonly kubeconfig: string;
  readonly context: string | undefined;
  readonly nats: string | undefined;
  readonly natsCredentials: string | undefined;
  readonly temporal: { readonly address: string; readonly namespace: string } | undefined;
  /** The local stack, if it is what the kubeconfig belongs to. */
  readonly local: StackState | undefined;
  /** The cluster's id, for when its API server cannot tell it. */
  readonly cluster: string | undefined;
  /** How printed commands begin, so that they can be pasted as they stand. */
  readonly commands: Commands;
};

/** The beginnings of pasted commands. */
export type Commands = {
  /** A whole command of this program: `repairs show ID` becomes what can be pasted. */
  readonly slipway: (words: string) => string;
  readonly kubectl: string;
};

type Env = Invocation['io']['env'];

export async function findPlaces({ io, flags }: Invocation): Promise<Places | Failure> {
  const { env } = io;
  const mistake = environmentMistake(env);
  if (mistake) return mistake;
  const dataDir = flags.dataDir ?? env['SLIPWAY_DATA_DIR'];
  const state = await stateOf(dataDir);
  if (isFailure(state)) return state;
  const given = givenKubeconfig(flags, env, dataDir !== undefined);
  if (!state && given === undefined && !existsSync(ownKubeconfig())) return nothingKnown();
  return placesOf({ flags, env, state, given, calledAs: io.calledAs });
}

/** Undefined: none was named, and there is none in the usual folder. */
async function stateOf(dataDir: string | undefined): Promise<StackState | undefined | Failure> {
  const answer = await readState(dataDir ?? defaultDataDir);
  if (answer.kind === 'found') return answer.state;
  if (answer.kind === 'unreadable') return failure('stateUnreadable', answer.sentence);
  if (dataDir === undefined) return undefined;
  return failure('stateUnreadable', `No local stack was ever started in ${dataDir}.`);
}

/** The flags were looked at when they were read. */
function environmentMistake(env: Env): Failure | undefined {
  const addresses = [
    ['SLIPWAY_NATS_URL', natsMistake],
    ['SLIPWAY_TEMPORAL_ADDRESS', temporalMistake],
  ] as const;
  for (const [name, mistakeIn] of addresses) {
    const text = env[name];
    const mistake = text === undefined ? undefined : mistakeIn(text);
    if (mistake !== undefined) return failure('usage', `${name} is "${text}". ${mistake}`);
  }
  return undefined;
}

function nothingKnown(): Failure {
  const here = resolve(defaultDataDir);
  const what = `There is no local stack in ${here}, no kubeconfig was given, and ${ownKubeconfig()} does not exist.`;
  return failure('noServers', what);
}

/** A stack that was asked for by name outweighs the KUBECONFIG of everyday work. */
function givenKubeconfig(flags: Flags, env: Env, stackIsNamed: boolean): string | undefined {
  const everyday = stackIsNamed ? '' : (env['KUBECONFIG'] ?? '');
  const files = everyday.split(delimiter).filter((file) => file !== '');
  // Like kubectl, which passes over files that are not there.
  const first = files.find((file) => existsSync(file)) ?? files[0];
  return flags.kubeconfig ?? env['SLIPWAY_KUBECONFIG'] ?? first;
}

type PlaceSources = {
  readonly flags: Flags;
  readonly env: Env;
  readonly state: StackState | undefined;
  readonly given: string | undefined;
  readonly calledAs: string;
};

function placesOf({ flags, env, state, given, calledAs }: PlaceSources): Places {
  const local = state && belongsTo(state, given) ? state : undefined;
  const kubeconfig = given ?? usualKubeconfig(local);
  return {
    kubeconfig,
    context: flags.context,
    nats: flags.nats ?? env['SLIPWAY_NATS_URL'] ?? local?.natsUrl,
    natsCredentials: env['SLIPWAY_NATS_CREDENTIALS_FILE'],
    temporal: temporalPlace(flags, env, local),
    local,
    cluster: flags.cluster ?? env['SLIPWAY_CLUSTER'],
    commands: {
      slipway: (words) => slipwayCommand(words, flags, calledAs),
      kubectl: [local?.kubectl ?? 'kubectl', '--kubeconfig', kubeconfig].map(quote).join(' '),
    },
  };
}

function temporalPlace(flags: Flags, env: Env, local: StackState | undefined): Places['temporal'] {
  const address = flags.temporal ?? env['SLIPWAY_TEMPORAL_ADDRESS'] ?? local?.temporal.address;
  if (address === undefined) return undefined;
  const named = env['SLIPWAY_TEMPORAL_NAMESPACE'] ?? local?.temporal.namespace;
  return { address, namespace: named ?? temporalNamespace };
}

/** Without a kubeconfig of one's own, the local stack's are meant. */
function belongsTo(state: StackState, given: string | undefined): boolean {
  return given === undefined || Object.values(state.kubernetes.kubeconfigs).includes(given);
}

function usualKubeconfig(local: StackState | undefined): string {
  return local ? local.kubernetes.kubeconfigs.alice : ownKubeconfig();
}

function ownKubeconfig(): string {
  return join(homedir(), '.kube', 'config');
}

/** The command as this one was called, with the flags that say where the servers are. */
function slipwayCommand(words: string, flags: Flags, calledAs: string): string {
  const given = placeFlags.flatMap(([key, flag]) => {
    const value = flags[key];
    return value === undefined ? [] : [flag, quote(value)];
  });
  return [calledAs, words, ...given].join(' ');
}

const placeFlags = [
  ['kubeconfig', '--kubeconfig'],
  ['context', '--context'],
  ['nats', '--nats'],
  ['temporal', '--temporal'],
  ['dataDir', '--data-dir'],
  ['cluster', '--cluster'],
] as const satisfies readonly (readonly [keyof Flags, string])[];
