/** Each field case names a situation, what is done, and tests that are there. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('../../../', import.meta.url);
const page = readFileSync(new URL('docs/FIELD_CASES.md', root), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('|') && !/^\| (Situation|-)/.test(line));

/** A path, or one that continues the folder of the path before it. */
function filesIn(cell: string): readonly string[] {
  return cell.match(/test\/[\w/-]+\.(test\.ts|txt)|test\/[\w/-]+(?=[ :;,])/g) ?? [];
}

describe('docs/FIELD_CASES.md', () => {
  it.each(rows)('%s', (row) => {
    const cells = row.split(/(?<!\\)\|/).slice(1, -1);
    expect(cells).toHaveLength(3);
    const files = filesIn(cells[2] ?? '');
    expect(files).not.toEqual([]);
    for (const file of files) expect([file, existsSync(new URL(file, root))]).toEqual([file, true]);
  });
});
