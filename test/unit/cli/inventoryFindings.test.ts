import { describe, expect, test } from 'vitest';
import { inventoryFindings } from '../../../cli/doctor/inventoryFindings.ts';

const read = {
  kind: 'read',
  entries: 3,
  problems: [],
  warnings: [],
  nodesWithoutEntry: [],
  entriesWithoutNode: [],
  notAsked: 0,
} as const;

describe('the BMC inventory in an examination', () => {
  test('that is not known is no trouble, but said', () => {
    expect(inventoryFindings(undefined)).toMatchObject([{ grade: 'note', what: 'not examined' }]);
  });

  test('that cannot be read is bad', () => {
    const found = inventoryFindings({ kind: 'unreadable', why: 'bmc.yaml:3: no' });
    expect(found).toEqual([{ about: 'BMC inventory', grade: 'bad', what: 'bmc.yaml:3: no' }]);
  });

  test('whose machines can all be reset is one good line', () => {
    expect(inventoryFindings(read)).toMatchObject([
      { grade: 'good', what: expect.stringMatching(/^3 machines can be reset/) as string },
    ]);
  });

  test('names each machine that could not be reset, and nothing good where none could', () => {
    const problems = [{ node: 'a', why: 'answered 401' }];
    expect(inventoryFindings({ ...read, entries: 1, problems })).toMatchObject([
      { grade: 'bad', what: 'a: answered 401' },
    ]);
  });

  test('names what does not fit together, the first few of many', () => {
    const found = inventoryFindings({
      ...read,
      warnings: ['c.yaml can be read by others'],
      nodesWithoutEntry: ['1', '2', '3', '4', '5', '6', '7'],
      entriesWithoutNode: ['x'],
      notAsked: 2,
    });
    expect(found.map(({ grade, what }) => `${grade}: ${what}`)).toEqual([
      expect.stringMatching(/^good: 1 machine can be reset/),
      'note: c.yaml can be read by others',
      'note: no BMC is named for 1, 2, 3, 4, 5 and 2 more',
      'note: the cluster has no node x',
      'note: no time was left to ask 2 BMCs',
    ]);
  });
});
