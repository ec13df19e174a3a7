/** One meaning per name: the product declares each name of a type once. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const notProduct = /^(test|bench|docs|examples)\//;

function doubled(texts: ReadonlyMap<string, string>): readonly string[] {
  return [...declared(texts)].flatMap(([name, files]) =>
    files.length > 1 ? [`${name}: ${files.join(', ')}`] : [],
  );
}

/** Names of types, exported or not, with the files that declare them. */
function declared(texts: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const files = new Map<string, readonly string[]>();
  for (const [path, text] of texts)
    for (const [, name = ''] of text.matchAll(/^(?:export )?(?:type|interface|class) (\w+)/gm))
      files.set(name, [...(files.get(name) ?? []), path]);
  return files;
}

test('a name that two files declare is found', () => {
  const one = 'type Place = string;\nexport type Told = 1;\n';
  const other = 'export type Place<T> = T;\nclass Voice {}\n';
  const texts = new Map([
    ['a.ts', one],
    ['b.ts', other],
  ]);
  expect(doubled(texts)).toEqual(['Place: a.ts, b.ts']);
});

test('no name of a type is declared twice', () => {
  const tracked = execFileSync('git', ['ls-files', '*.ts'], { encoding: 'utf8' }).split('\n');
  const paths = tracked.filter((path) => path !== '' && !notProduct.test(path));
  const texts = new Map(paths.map((path) => [path, readFileSync(path, 'utf8')]));
  expect(declared(texts).size).toBeGreaterThan(300);
  expect(doubled(texts)).toEqual([]);
});
