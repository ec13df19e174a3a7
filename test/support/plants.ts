/** A small tree with one file per row that plants need, in a folder of its own, so that nothing real is touched. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const configuration = [
  '.dependency-cruiser.mjs',
  'imports.table.mjs',
  'tsconfig.json',
  '.oxlintrc.json',
  '.oxlint-slipway.mjs',
];

/** What plants import: each exports the one name they ask for. */
const skeleton: Readonly<Record<string, string>> = {
  'domain/fault.ts': "export type Verdict = 'faulty' | 'healthy';",
  'telemetry/log.ts':
    "import type { Verdict } from '../domain/fault.ts';\nexport const log = (verdict: Verdict): string => verdict;",
  'kube/nodes.ts': 'export type Nodes = readonly string[];\nexport const nodes: Nodes = [];',
  'event-hub/journal.ts': 'export const journal = 1;',
  'activities/ports.ts':
    "import type { Nodes } from '../kube/nodes.ts';\nexport type Ports = { readonly nodes: Nodes };",
  'activities/index.ts':
    "import type { Ports } from './ports.ts';\nexport type Activities = Ports;\nexport const createActivities = (ports: Ports): Activities => ports;",
  'workflows/nodeRepair/nodeRepair.ts':
    "import type { Activities } from '../../activities/index.ts';\nexport const nodeRepair = (activities: Activities): Activities => activities;",
  'workflows/index.ts': "export { nodeRepair } from './nodeRepair/nodeRepair.ts';",
  'drivers/inventoryCheck.ts': 'export const checkInventory = 1;',
  'temporal/nodeRepair.ts': 'export const repairs = 1;',
  'probes/active/nodeConditions.ts': 'export const watchConditions = 1;',
  'engine/run.ts':
    "import { createActivities } from '../activities/index.ts';\nexport const runEngine = createActivities;",
  'embedded/supervisor/stack.ts': 'export const startStack = 1;',
  'cli/dead/list.ts':
    'export type Letters = readonly string[];\nexport const readLetters: Letters = [];',
  'cli/stack/up.ts':
    "import { startStack } from '../../embedded/supervisor/stack.ts';\nexport const command = startStack;",
  'cli/main.ts': "export const main = (): Promise<unknown> => import('./stack/up.ts');",
  'test/int/independentWatcher.ts': 'export const uses = 1;',
};

const packages = ['zod', '@nats-io/transport-node', 'semver', 'pino'];

export type Tree = {
  readonly folder: string;
  readonly write: (path: string, text: string) => void;
  /** Removes the folder. */
  readonly [Symbol.dispose]: () => void;
};

export function plantedTree(files: Readonly<Record<string, string>> = {}): Tree {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-plants-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `${text}\n`);
  };
  for (const name of configuration) cpSync(join(root, name), join(folder, name));
  write('package.json', '{ "name": "planted", "type": "module" }');
  for (const name of packages) {
    const exported = { '.': './index.js' };
    write(
      `node_modules/${name}/package.json`,
      JSON.stringify({ name, type: 'module', exports: exported }),
    );
    write(`node_modules/${name}/index.js`, 'export const z = 1, connect = 1;\nexport default 1;');
  }
  symlinkSync(join(root, 'node_modules/@types'), join(folder, 'node_modules/@types'));
  for (const [path, text] of Object.entries({ ...skeleton, ...files })) write(path, text);
  return { folder, write, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

export type Cruise = {
  /** Every module of our own that was looked at, by its path. */
  readonly modules: readonly string[];
  readonly violations: readonly { readonly rule: string; readonly from: string }[];
};

type CruiseOutput = {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly rule: { readonly name: string };
    }[];
  };
};

/** Looks at a folder with its own configuration; the whole repository unless another is given. */
export async function cruise(folder = root): Promise<Cruise> {
  const text = await run('depcruise', ['.', '-T', 'json'], folder);
  const { modules, summary } = JSON.parse(text) as CruiseOutput;
  return {
    modules: modules
      .map(({ source }) => source)
      .filter((path) => !path.startsWith('node_modules/')),
    violations: summary.violations.map(({ from, rule }) => ({ from, rule: rule.name })),
  };
}

type LintOutput = {
  readonly diagnostics: readonly { readonly code?: string; readonly filename: string }[];
};

/** Which rules found something in which file. */
export async function lint(folder: string): Promise<readonly { rule: string; from: string }[]> {
  const text = await run('oxlint', ['--format', 'json'], folder);
  const { diagnostics } = JSON.parse(text) as LintOutput;
  return diagnostics.map(({ code = '', filename }) => ({ rule: code, from: filename }));
}

/** Both tools end with an error code when they find something, which is no failure here. */
function run(tool: 'depcruise' | 'oxlint', args: readonly string[], cwd: string): Promise<string> {
  const script = {
    depcruise: 'dependency-cruiser/bin/dependency-cruise.mjs',
    oxlint: 'oxlint/bin/oxlint',
  };
  const argv = [join(root, 'node_modules', script[tool]), ...args];
  return new Promise((done, fail) => {
    execFile(process.execPath, argv, { cwd, maxBuffer: 1e9 }, (error, stdout, stderr) => {
      if (stdout.startsWith('{')) done(stdout);
      else fail(new Error(`${tool} printed no JSON: ${stderr || stdout}`, { cause: error }));
    });
  });
}
