/** The page on where things belong, beside the tree and the import table; that the tests hold what it says is theirs. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const root = new URL('../../../', import.meta.url);
const { table } = (await import(new URL('imports.table.mjs', root).href)) as {
  table: Readonly<Record<string, unknown>>;
};
const page = readFileSync(new URL('docs/ARCHITECTURE.md', root), 'utf8');
const beside = new Set(['bin', 'test', 'bench', 'docs', 'deploy', 'examples']);
const told = [...page.matchAll(/^\| `([\w-]+)\/` /gmu)].map(([, name = '']) => name);

describe('docs/ARCHITECTURE.md', () => {
  test('has a row for each folder of the import table that exists, and no other', () => {
    const folders = new Set(Object.keys(table).map((name) => name.split('/')[0] ?? name));
    const expected = [...folders].filter(
      (name) => !beside.has(name) && existsSync(new URL(name, root)),
    );
    expect(told.toSorted()).toEqual(expected.toSorted());
  });

  const files = [...page.matchAll(/`((?:test|dispatch|activities)\/[\w/.-]+\.ts)`/gu)];
  test.each(files.map(([, file = '']) => file))('%s, which it names, is there', (file) => {
    expect(existsSync(new URL(file, root))).toBe(true);
  });
});
