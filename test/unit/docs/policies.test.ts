/** docs/POLICIES.md names every key that a policy may have, and shows one that is read. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseRepairPolicies } from '../../../schemas/config/repairPolicy.ts';

function at(path: string): string {
  return readFileSync(new URL(`../../../docs/${path}`, import.meta.url), 'utf8');
}
const page = at('POLICIES.md');

type Schema = {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
};

/** Every key of a JSON Schema that holds a value, as `migration.timeout` or `ladder[].name`. */
function keysOf(schema: Schema, path = ''): string[] {
  const { properties, items, oneOf, anyOf } = schema;
  const branches = oneOf ?? anyOf;
  if (branches) return branches.flatMap((branch) => keysOf(branch, path));
  if (items && keysOf(items).some((key) => key !== '')) return keysOf(items, `${path}[]`);
  if (!properties) return [path];
  return Object.entries(properties).flatMap(([key, inner]) =>
    keysOf(inner, path === '' ? key : `${path}.${key}`),
  );
}

describe('docs/POLICIES.md', () => {
  const { properties } = JSON.parse(at('schemas/repair-policy.v1.json')) as Schema;
  const keys = [...new Set(keysOf(properties!['spec']!))];
  const rows = [...page.matchAll(/^\| `([^`]+)` /gm)].map((match) => match[1]!);

  it('has a row for every key, and no other', () => {
    expect(rows.toSorted()).toEqual(keys.toSorted());
  });

  it('shows a policy that is read, with every key in it', () => {
    const text = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? '';
    expect(parseRepairPolicies([{ path: 'POLICIES.md', text }])).toMatchObject({ ok: true });
    for (const key of keys) expect(text).toMatch(new RegExp(`\\b${key.split(/[.\]]/).at(-1)!}:`));
  });
});
