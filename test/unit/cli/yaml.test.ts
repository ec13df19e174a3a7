import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { yaml } from '../../../cli/text/yaml.ts';

const leaf = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ maxLength: 8 }),
  fc.constantFrom(
    'yes',
    'null',
    '1e3',
    '0x1f',
    '2026-01-01',
    '~',
    '- a',
    'a: b',
    '# c',
    '',
    'r-2',
    'Ready False',
  ),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const { value: any } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 6 }), tie('value'), { maxKeys: 4 }),
  ),
}));

test('every value reads back as it was, by a reader of YAML 1.2', () => {
  fc.assert(
    fc.property(any, (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      expect(parse(yaml(plain).join('\n'))).toEqual(plain);
    }),
    { numRuns: 500 },
  );
});

test('it reads as people write it', () => {
  const value = {
    kind: 'RepairList',
    repairs: [{ id: 'r-2', at: 1, reason: undefined }],
    unread: [],
    by: {},
  };
  expect(yaml(value)).toEqual([
    'kind: RepairList',
    'repairs:',
    '  - id: r-2',
    '    at: 1',
    'unread: []',
    'by: {}',
  ]);
});
