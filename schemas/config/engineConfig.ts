/**
 * The engine's configuration. The one place that decides where a setting comes from: a flag beats the file, the file
 * beats the environment, the environment beats the default.
 */
import { z } from 'zod';
import type { Mode } from '../../domain/vocabulary/repair.ts';
import { temporalNamespace } from '../../domain/vocabulary/temporal.ts';
import { placeOf, type Parsed } from '../parsed.ts';
import { readYaml, strict, type TextFile, type YamlDocument } from '../yamlFile.ts';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error'] as const;

const text = z.string('must be a text').min(1, 'must not be empty');

export const engineConfigSchema = strict({
  apiVersion: z.literal('slipway.dev/v1', 'must be slipway.dev/v1'),
  kind: z.literal('EngineConfig', 'must be EngineConfig'),
  mode: oneOf(['observe', 'act']).default('observe'),
  nats: strict({
    url: z
      .string('must be a text')
      .regex(/^(nats|tls|wss?):\/\/\S+$/, 'must be a URL such as nats://host:4222'),
    credentialsFile: text.exactOptional(),
  }),
  temporal: strict({
    address: z
      .string('must be a text')
      .regex(/^\S+:\d+$/, 'must be host:port, such as temporal:7233'),
    namespace: text.default(temporalNamespace),
  }),
  kubernetes: strict({ observerKubeconfig: text, actorKubeconfig: text }),
  bmcInventory: text.exactOptional(),
  policies: z
    .union([text.transform((path) => [path]), z.array(text)], 'must be a path or a list of paths')
    .default([]),
  ticket: strict({
    webhookUrl: z
      .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
      .exactOptional(),
    secretFile: text.exactOptional(),
    file: text.exactOptional(),
  })
    .refine(
      ({ webhookUrl, file }) => webhookUrl !== undefined || file !== undefined,
      'set webhookUrl, file or both',
    )
    .refine(
      ({ webhookUrl, secretFile }) => webhookUrl === undefined || secretFile !== undefined,
      'a webhook must be signed: set secretFile too',
    )
    .exactOptional(),
  metrics: strict({
    listen: z
      .string('must be a text')
      .regex(/^\S+:\d{1,5}$/, 'must be host:port, such as 0.0.0.0:9464'),
  }).exactOptional(),
  leaseSeconds: whole(3, 300).default(15),
  limits: strict({
    // Measured: the API server then still answers isolations within milliseconds.
    evictionsPerSecond: whole(1, 1_000).default(50),
    // Measured with 200 nodes at once: more of them starve each other until heartbeats come too late.
    movesAtOnce: whole(1, 1_000).default(40),
    sweepSeconds: whole(5, 600).default(20),
    // Long enough to take a bad version of the code back.
    failingTaskSeconds: whole(60, 86_400).default(600),
  }).prefault({}),
  logLevel: oneOf(logLevels).default('info'),
});

/** Every setting, and how it is called outside of the file. */
export const engineSettings: readonly Setting[] = [
  { path: ['mode'], variable: 'SLIPWAY_MODE', flag: '--mode' },
  { path: ['nats', 'url'], variable: 'SLIPWAY_NATS_URL' },
  { path: ['nats', 'credentialsFile'], variable: 'SLIPWAY_NATS_CREDENTIALS_FILE', isFile: true },
  { path: ['temporal', 'address'], variable: 'SLIPWAY_TEMPORAL_ADDRESS' },
  { path: ['temporal', 'namespace'], variable: 'SLIPWAY_TEMPORAL_NAMESPACE' },
  {
    path: ['kubernetes', 'observerKubeconfig'],
    variable: 'SLIPWAY_OBSERVER_KUBECONFIG',
    isFile: true,
  },
  { path: ['kubernetes', 'actorKubeconfig'], variable: 'SLIPWAY_ACTOR_KUBECONFIG', isFile: true },
  { path: ['bmcInventory'], variable: 'SLIPWAY_BMC_INVENTORY', isFile: true },
  { path: ['policies'], variable: 'SLIPWAY_POLICIES', isFile: true },
  { path: ['ticket', 'webhookUrl'], variable: 'SLIPWAY_TICKET_WEBHOOK_URL' },
  { path: ['ticket', 'secretFile'], variable: 'SLIPWAY_TICKET_SECRET_FILE', isFile: true },
  { path: ['ticket', 'file'], variable: 'SLIPWAY_TICKET_FILE', isFile: true },
  { path: ['metrics', 'listen'], variable: 'SLIPWAY_METRICS_LISTEN' },
  { path: ['logLevel'], variable: 'SLIPWAY_LOG_LEVEL', flag: '--log-level' },
];

export type LogLevel = (typeof logLevels)[number];

export type EngineConfig = {
  readonly apiVersion: 'slipway.dev/v1';
  readonly kind: 'EngineConfig';
  readonly mode: Mode;
  readonly nats: { readonly url: string; readonly credentialsFile?: string };
  readonly temporal: { readonly address: string; readonly namespace: string };
  readonly kubernetes: { readonly observerKubeconfig: string; readonly actorKubeconfig: string };
  readonly bmcInventory?: string;
  /** Files, or folders whose `*.yaml` are read. */
  readonly policies: readonly string[];
  readonly ticket?: {
    readonly webhookUrl?: string;
    readonly secretFile?: string;
    readonly file?: string;
  };
  /** Where Prometheus may read, as host:port; nowhere unless it is set. */
  readonly metrics?: { readonly listen: string };
  /** How long a standby engine waits for a silent leader. */
  readonly leaseSeconds: number;
  readonly limits: EngineLimits;
  readonly logLevel: LogLevel;
};

/** What an operator of a large cluster may want to turn. */
export type EngineLimits = {
  /** Of one engine, on all nodes together. */
  readonly evictionsPerSecond: number;
  /** Steps that take their time (migrations, rungs) in one engine. */
  readonly movesAtOnce: number;
  /** How often open episodes are looked at for repairs that vanished. */
  readonly sweepSeconds: number;
  /** For how long a workflow task fails before its repair is ended and handed over. */
  readonly failingTaskSeconds: number;
};

export type EngineSources = {
  /** By flag, `--mode`. */
  readonly flags?: Readonly<Record<string, string | undefined>>;
  readonly file?: TextFile;
  readonly environment?: Readonly<Record<string, string | undefined>>;
};

/** The configuration, with paths from the file made relative to it; `why` holds one line per mistake. */
export function readEngineConfig(sources: EngineSources): Parsed<EngineConfig> {
  const document = readFile(sources.file);
  if (!document.ok) return document;
  const choices = engineSettings.flatMap((setting) => choose(setting, sources, document.value));
  const parsed = engineConfigSchema.safeParse(combine(document.value, choices));
  if (parsed.success) return { ok: true, value: parsed.data };
  const lines = parsed.error.issues.map(({ path, message }) => {
    const mistake = choices.some((choice) => concerns(path, choice.setting))
      ? message
      : missing(path, message);
    return `${origin(path, choices, document.value)}: ${placeOf(path)}: ${mistake}`;
  });
  return { ok: false, why: lines.join('\n') };
}

type Tree = Readonly<Record<string, unknown>>;

type ConfigSource = {
  readonly path: string;
  readonly tree: Tree;
  readonly where: YamlDocument['where'];
};

function readFile(file: TextFile | undefined): Parsed<ConfigSource | undefined> {
  if (!file) return { ok: true, value: undefined };
  const yaml = readYaml(file);
  if (!yaml.ok) return { ok: false, why: yaml.mistakes.join('\n') };
  const [document, second] = yaml.documents;
  if (!document || second || !isTree(document.value))
    return { ok: false, why: `${file.path}: must hold exactly one EngineConfig` };
  return { ok: true, value: { path: file.path, tree: document.value, where: document.where } };
}

type Setting = {
  readonly path: readonly [string, string?];
  readonly variable: string;
  readonly flag?: string;
  /** The setting names a file: in the configuration file it is relative to that file. */
  readonly isFile?: true;
};

/** The value of a setting and who gave it; none if nobody did. */
type Choice = { readonly setting: Setting; readonly value: unknown; readonly from: string };

function choose(
  setting: Setting,
  sources: EngineSources,
  file: ConfigSource | undefined,
): Choice[] {
  const named = (name: string | undefined, values: EngineSources['flags']): Choice | undefined => {
    const value = name === undefined ? undefined : values?.[name];
    return value === undefined ? undefined : { setting, value, from: name ?? '' };
  };
  const choice =
    named(setting.flag, sources.flags) ??
    (file && chooseFromFile(setting, file)) ??
    named(setting.variable, sources.environment);
  return choice ? [choice] : [];
}

function chooseFromFile(setting: Setting, file: ConfigSource): Choice | undefined {
  const found = valueAt(file.tree, setting.path);
  if (found === undefined) return undefined;
  const value = setting.isFile === true ? relativeTo(file.path, found) : found;
  return { setting, value, from: file.where(setting.path.filter((step) => step !== undefined)) };
}

function valueAt(tree: Tree, [first, second]: Setting['path']): unknown {
  const value = tree[first];
  if (second === undefined) return value;
  return isTree(value) ? value[second] : undefined;
}

/** Paths in a file mean the same wherever the engine is started. */
function relativeTo(file: string, paths: unknown): unknown {
  if (Array.isArray(paths)) return paths.map((path: unknown) => relativeTo(file, path));
  if (typeof paths !== 'string' || paths === '' || paths.startsWith('/')) return paths;
  return file.replace(/[^/]*$/, '') + paths;
}

function whole(least: number, most: number) {
  const message = `must be a whole number from ${least} to ${most}`;
  return z.int(message).min(least, message).max(most, message);
}

function oneOf<const Words extends readonly string[]>(words: Words) {
  return z.enum(words, `must be one of ${words.join(', ')}`);
}

/** The file with every choice in its place; the groups are there even if empty, so that what misses is named in full. */
function combine(file: ConfigSource | undefined, choices: readonly Choice[]): Tree {
  const header = { apiVersion: 'slipway.dev/v1', kind: 'EngineConfig' };
  const groups = { nats: {}, temporal: {}, kubernetes: {} };
  return choices.reduce<Tree>((tree, { setting, value }) => place(tree, setting.path, value), {
    ...groups,
    ...(file ? file.tree : header),
  });
}

function place(tree: Tree, [first, second]: Setting['path'], value: unknown): Tree {
  if (second === undefined) return { ...tree, [first]: value };
  const group = tree[first] ?? {};
  return isTree(group) ? { ...tree, [first]: { ...group, [second]: value } } : tree;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function missing(path: readonly PropertyKey[], message: string): string {
  const setting = engineSettings.find((one) => concerns(path, one));
  if (!setting) return message;
  return `missing; set it in the file or as ${setting.variable}`;
}

function origin(
  path: readonly PropertyKey[],
  choices: readonly Choice[],
  file: ConfigSource | undefined,
): string {
  const choice = choices.find(({ setting }) => concerns(path, setting));
  return choice?.from ?? file?.where(path) ?? 'configuration';
}

function concerns(path: readonly PropertyKey[], setting: Setting): boolean {
  return setting.path.every((step, index) => step === undefined || path[index] === step);
}
