/** Every subject and every kind of record on the hub has a test that shows who writes it, and how: test/int/emission. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { buckets, streams } from '../../domain/vocabulary/hub.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

function textsOf(pattern: string): string {
  const files = globSync(pattern, { cwd: root });
  return files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
}

function all(text: string, pattern: RegExp): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, found = '']) => found))].toSorted();
}

const tested = all(textsOf('test/int/emission/*.test.ts'), /^test\(\s*'([^:']+): /gm);

test('each form of a subject, as its own function states it, has its emission test', () => {
  const forms = all(textsOf('event-hub/subjects.ts'), /`(\w+\.<cluster>[^`]*)`/g);
  expect(forms).toEqual(tested.filter((name) => name.includes('<cluster>')));
  const rootsOf = forms.map((form) => form.split('.')[0]!.toUpperCase());
  const named = Object.values(streams).map((name) => (name === 'FAULTS' ? 'FAULT' : name));
  expect(new Set(rootsOf)).toEqual(new Set(named));
});

test('each kind of record in a bucket has its emission test', () => {
  const kinds = all(textsOf('schemas/wire/*Record.ts'), /kind: z\.literal\('(\w+)'\)/g);
  const records = tested.filter((name) => !name.includes('<cluster>'));
  const testedKinds = records.flatMap((name) => name.split('/').slice(1));
  expect(testedKinds.toSorted()).toEqual(kinds);
  expect(new Set(records.map((name) => name.split('/')[0]))).toEqual(
    new Set(Object.values(buckets)),
  );
});
