import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { cruise, lint, plantedTree } from '../support/plants.ts';

/** A file to plant, its text, and the rule that has to find it; none where it only completes another plant. */
type Plant = readonly [path: string, text: string, rule: string | undefined];

const plants: readonly Plant[] = [
  [
    'std/p1.ts',
    "import type { Verdict } from '../domain/fault.ts';\nexport type X = Verdict;",
    'direction:std',
  ],
  ['std/p2.ts', "import { readFile } from 'node:fs';\nexport const x = readFile;", 'built-in:std'],
  [
    'kube/transport/p1.ts',
    "import { nodes } from '../nodes.ts';\nexport const x = nodes;",
    'direction:kube/transport',
  ],
  [
    'domain/repair/p1.ts',
    "import { log } from '../../telemetry/log.ts';\nexport const x = log;",
    'direction:domain',
  ],
  [
    'domain/repair/p2.ts',
    "import { createHash } from 'node:crypto';\nexport const x = createHash;",
    'built-in:domain',
  ],
  [
    'workflows/nodeRepair/p3.ts',
    "import { createActivities } from '../../activities/index.ts';\nexport const x = createActivities;",
    'types-only:workflows/nodeRepair',
  ],
  [
    'workflows/nodeRepair/p5.ts',
    "import type { Ports } from '../../activities/ports.ts';\nimport { createActivities } from '../../activities/index.ts';\nimport type { Activities } from '../../activities/index.ts';\nexport type X = Ports | Activities;\nexport const y = createActivities;",
    'types-only:workflows/nodeRepair',
  ],
  [
    'workflows/nodeRepair/p5b.ts',
    "import type { Activities } from '../../activities/index.ts';\nimport { createActivities } from '../../activities/index.ts';\nexport type X = Activities;\nexport const y = createActivities;",
    'types-only:workflows/nodeRepair',
  ],
  [
    'workflows/loop/p33.ts',
    "export { nodeRepair } from '../nodeRepair/nodeRepair.ts';",
    'direction:workflows/loop',
  ],
  [
    'workflows/loop/p34.ts',
    "import { createActivities } from '../../activities/index.ts';\nexport const x = createActivities;",
    'types-only:workflows/loop',
  ],
  [
    'workflows/p35.ts',
    "import { log } from '../telemetry/log.ts';\nexport const x = log;",
    'direction:workflows',
  ],
  ['workflows/nodeRepair/p6.ts', "import { z } from 'zod';\nexport const x = z;", 'owner:zod'],
  [
    'dispatch/p7.ts',
    "import { connect } from '@nats-io/transport-node';\nexport const x = connect;",
    'owner:@nats-io/*',
  ],
  [
    'cli/p8.ts',
    "import { startStack } from '../embedded/supervisor/stack.ts';\nexport const x = startStack;",
    'direction:cli',
  ],
  [
    'cli/p9.ts',
    "import { command } from './stack/up.ts';\nexport const x = command;",
    'direction:cli',
  ],
  [
    'probes/agent/p10.ts',
    "import { watchConditions } from '../active/nodeConditions.ts';\nexport const x = watchConditions;",
    'direction:probes/agent',
  ],
  [
    'probes/agent/p11.ts',
    "import type { Nodes } from '../../kube/nodes.ts';\nexport type X = Nodes;",
    'direction:probes/agent',
  ],
  [
    'embedded/oracle/p12.ts',
    "import { journal } from '../../event-hub/journal.ts';\nexport const x = journal;",
    'direction:embedded/oracle',
  ],
  [
    'engine/p13.ts',
    "import { nodeRepair } from '../workflows/index.ts';\nexport const x = nodeRepair;",
    'direction:engine',
  ],
  [
    'bin/p14.ts',
    "import { uses } from '../test/int/independentWatcher.ts';\nexport const x = uses;",
    'direction:bin',
  ],
  ['operators/p15.ts', 'export const x = 1;', 'folder-without-row'],
  [
    'console/p16.ts',
    "import { log } from '../telemetry/log.ts';\nexport const x = log;",
    'folder-without-row',
  ],
  ['lib/p17.ts', 'export const x = 1;', undefined],
  [
    'kube/p17user.ts',
    "import { x } from '../lib/p17.ts';\nexport const y = x;",
    'folder-without-row',
  ],
  [
    'kube/p18.ts',
    "import semver from 'semver';\nexport const x = semver;",
    'package-without-owner',
  ],
  ['guard/p19.ts', "import { y } from './p19b.ts';\nexport const x = y;", 'no-circle'],
  ['guard/p19b.ts', "import { x } from './p19.ts';\nexport const y = x;", undefined],
  ['activities/p20.ts', "export { nodes } from '../kube/nodes.ts';", 'types-only:activities'],
  [
    'drivers/p21.ts',
    "export const x = () => import('../temporal/nodeRepair.ts');",
    'direction:drivers',
  ],
  [
    'guard/p22.ts',
    "export type X = typeof import('../temporal/nodeRepair.ts');",
    'direction:guard',
  ],
  ['workflows/p24.ts', "import 'crypto';", 'built-in:workflows'],
  [
    'dispatch/p27.mts',
    "import { runEngine } from '../engine/run.ts';\nexport const x = runEngine;",
    'direction:dispatch',
  ],
  ['guard/p28.ts', "import { nope } from './missing.ts';\nexport const x = nope;", 'not-found'],
  [
    'schemas/p32.ts',
    "import { checkInventory } from '../drivers/inventoryCheck.ts';\nexport const x = checkInventory;",
    'direction:schemas',
  ],
  [
    'drivers/catalogue.ts',
    "import type { Nodes } from '../kube/nodes.ts';\nexport type X = Nodes;",
    'direction:drivers/catalogue',
  ],
  [
    'cli/p31.ts',
    "import { checkInventory } from '../drivers/inventoryCheck.ts';\nexport const x = checkInventory;",
    'direction:cli',
  ],
  [
    'cli/why/p35.ts',
    "import { readLetters } from '../dead/list.ts';\nexport const x = readLetters;",
    'direction:cli/why',
  ],
  [
    'cli/doctor/p36.ts',
    "import type { Letters } from '../dead/list.ts';\nexport type X = Letters;",
    'direction:cli/doctor',
  ],
  [
    'cli/main/p37.ts',
    "import { readLetters } from '../dead/list.ts';\nexport const x = readLetters;",
    'lazy-only:cli/main',
  ],
  [
    'views/p33.ts',
    "import { command } from '../cli/stack/up.ts';\nexport const x = command;",
    'direction:views',
  ],
  [
    'views/p34.ts',
    "import { writeFile } from 'node:fs';\nexport const x = writeFile;",
    'built-in:views',
  ],
  ['cli/p29.ts', "import pino from 'pino/file';\nexport const x = pino;", 'not-found'],
  [
    'temporal/p30.ts',
    "export { nodeRepair } from '../workflows/nodeRepair/nodeRepair.ts';",
    'direction:temporal',
  ],
];

const lintPlants: readonly Plant[] = [
  [
    'workflows/nodeRepair/p4.ts',
    "import { type Activities } from '../../activities/index.ts';\nexport type X = Activities;",
    'typescript(no-import-type-side-effects)',
  ],
  [
    'dispatch/p25.ts',
    "import { createRequire } from 'node:module';\nexport const x: unknown = createRequire(import.meta.url)('../engine/run.ts');",
    'eslint(no-restricted-imports)',
  ],
  [
    'dispatch/p25b.ts',
    "import * as all from 'node:module';\nexport const x = all;",
    'eslint(no-restricted-imports)',
  ],
  [
    'dispatch/p25c.ts',
    "import modules from 'node:module';\nexport const x = modules;",
    'eslint(no-restricted-imports)',
  ],
  ...['Date.now()', 'process.env', 'crypto.randomUUID()', "fetch('http://x')", 'globalThis'].map(
    (text, n): Plant => [
      `domain/repair/p26-${n}.ts`,
      `export const x = (): unknown => ${text};`,
      'eslint(no-restricted-globals)',
    ],
  ),
  [
    'domain/repair/p26-random.ts',
    'export const x = (): number => Math.random();',
    'eslint(no-restricted-properties)',
  ],
  [
    'domain/repair/p26-alias.ts',
    'const M = Math;\nexport const x = (): number => M.random();',
    'slipway(math-by-name)',
  ],
  [
    'kube/transport/p28-arrow.ts',
    'export const x = (): number => 1;',
    'slipway(function-declarations)',
  ],
  [
    'kube/transport/p28-nameless.ts',
    "import { x } from './p28-type.ts';\n\n/** This is about the constant. */\nexport const y = x;",
    'slipway(first-sentence)',
  ],
  [
    'kube/transport/p28-order.ts',
    'function below(): number {\n  return 1;\n}\nexport function x(): number {\n  return below();\n}',
    'slipway(callers-above-callees)',
  ],
  [
    'kube/transport/p28-type.ts',
    'export function x(n: number) {\n  return n;\n}',
    'typescript(explicit-module-boundary-types)',
  ],
  ...[
    "import { publishJournal } from '../event-hub/index.ts';\nexport const x = publishJournal;",
    "import { readPause as x, writePause } from '../kube/index.ts';\nexport const y = [x, writePause];",
    "import { listRepairs as say, say as listRepairs } from '../temporal/index.ts';\nexport const x = [say, listRepairs];",
    "import * as all from '../kube/index.ts';\nexport const x = all;",
    "export { startRepair } from '../temporal/index.ts';",
    "export * from '../temporal/index.ts';",
    "export function x(): Promise<unknown> {\n  return import('../kube/index.ts');\n}",
    "import { openBucket } from '../event-hub/index.ts';\nexport const x = (await openBucket()).put('k', 1);",
    "import { openBucket } from '../event-hub/index.ts';\nexport const x = (await openBucket())['update'];",
    "import { openBucket } from '../event-hub/index.ts';\nexport const { change } = await openBucket();",
    "import type { Kube } from '../kube/index.ts';\nexport function x(kube: Kube): unknown {\n  return kube.send({});\n}",
    "import type { Hub } from '../event-hub/index.ts';\nexport function x({ connection }: Hub): unknown {\n  return connection;\n}",
  ].map((text, n): Plant => [`views/p27-${n}.ts`, text, 'slipway(reads-only)']),
  [
    'domain/repair/p26-async.ts',
    'export const x = async (): Promise<number> => 1;',
    'oxc(no-async-await)',
  ],
  [
    'domain/repair/p26-date.ts',
    'export type X = { readonly at: Date };',
    'typescript(no-restricted-types)',
  ],
];

/** Functions that call each other have no order. */
const circle: Plant = [
  'kube/transport/p28-circle.ts',
  '/** Functions that call each other. */\nfunction odd(n: number): boolean {\n  return n > 0 && even(n - 1);\n}\nexport function even(n: number): boolean {\n  return n === 0 || odd(n - 1);\n}',
  undefined,
];

const patient = { timeout: 60_000 };
function filesOf(list: readonly Plant[]): Record<string, string> {
  return Object.fromEntries(list.map(([path, text]) => [path, text]));
}
function missedOf(
  list: readonly Plant[],
  found: readonly { readonly rule: string; readonly from: string }[],
): readonly (readonly [string, string])[] {
  return list.flatMap(([path, , rule]) => {
    const isFound = found.some((violation) => violation.from === path && violation.rule === rule);
    return rule === undefined || isFound ? [] : [[path, rule]];
  });
}

test('every planted import is found by the rule that is meant for it', patient, async () => {
  using tree = plantedTree(filesOf(plants));
  const { violations } = await cruise(tree.folder);
  expect(missedOf(plants, violations)).toEqual([]);
});

test('what import rules cannot see is found by the linter', patient, async () => {
  using tree = plantedTree(filesOf([...lintPlants, circle]));
  const found = await lint(tree.folder);
  expect(missedOf(lintPlants, found)).toEqual([]);
  expect(found.filter(({ from }) => from === circle[0])).toEqual([]);
});

test(
  'no file of this repository escapes the import rules, so an empty run can never pass',
  patient,
  async () => {
    const tracked = execFileSync('git', ['ls-files', '*.ts', '*.mts'], { encoding: 'utf8' });
    const files = tracked.split('\n').filter((path) => path !== '');
    const { modules, violations } = await cruise();
    expect(violations).toEqual([]);
    expect(files.length).toBeGreaterThan(100);
    const seen = new Set(modules);
    expect(files.filter((path) => !seen.has(path))).toEqual([]);
  },
);
