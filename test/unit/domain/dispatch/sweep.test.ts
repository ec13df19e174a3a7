import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sweep } from '../../../../domain/dispatch/sweep.ts';

function episodes(count: number): { node: string; repairId: string }[] {
  return Array.from({ length: count }, (_, n) => ({ node: `n-${n}`, repairId: `r-${n}` }));
}

test('a repair that is not shown as running is looked at in every sweep', () => {
  const running = new Set(['r-0', 'r-2', 'r-3']);
  const first = sweep(episodes(5), running, { from: 0, most: 2 });
  expect(first.due.map(({ node }) => node)).toEqual(['n-1', 'n-4', 'n-0', 'n-2']);
  const second = sweep(episodes(5), running, { from: first.next, most: 2 });
  expect(second.due.map(({ node }) => node)).toEqual(['n-1', 'n-4', 'n-3']);
});

test('every repair that is shown as running has its turn, however many there are', () => {
  const sizes = fc.record({ count: fc.nat(60), most: fc.integer({ min: 1, max: 20 }) });
  fc.assert(
    fc.property(sizes, ({ count, most }) => {
      const open = episodes(count);
      const running = new Set(open.map(({ repairId }) => repairId));
      const seen = new Set<string>();
      let from = 0;
      for (let turn = 0; turn < Math.ceil(count / most); turn += 1) {
        const { due, next } = sweep(open, running, { from, most });
        expect(due.length).toBeLessThanOrEqual(most);
        for (const { node } of due) seen.add(node);
        from = next;
      }
      expect(seen.size).toBe(count);
    }),
  );
});

test('after the last turn the first one comes again', () => {
  const running = new Set(['r-0', 'r-1', 'r-2']);
  const last = sweep(episodes(3), running, { from: 2, most: 2 });
  expect(last.due.map(({ node }) => node)).toEqual(['n-2']);
  const again = sweep(episodes(3), running, { from: last.next, most: 2 });
  expect(again.due.map(({ node }) => node)).toEqual(['n-0', 'n-1']);
});
