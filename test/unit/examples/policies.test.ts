import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { limitOf } from '../../../domain/guard/decide.ts';
import { parseRepairPolicies } from '../../../schemas/config/repairPolicy.ts';

const root = new URL('../../../', import.meta.url);

function parse(folder: string) {
  const names = readdirSync(new URL(folder, root)).filter((name) => name.endsWith('.yaml'));
  const files = names.map((name) => ({
    path: `${folder}${name}`,
    text: readFileSync(new URL(`${folder}${name}`, root), 'utf8'),
  }));
  const parsed = parseRepairPolicies(files);
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.value;
}

describe('the example policies', () => {
  it('can be used together, as one folder', () => {
    const names = parse('examples/policies/').map(({ name }) => name);
    expect(names.toSorted()).toEqual(['hardware', 'kernel', 'not-ready']);
  });

  it('give the demo leave for five of its twenty nodes', () => {
    const [demo] = parse('examples/demo/');
    expect(limitOf(20, demo!.guard)).toBe(5);
  });
});
