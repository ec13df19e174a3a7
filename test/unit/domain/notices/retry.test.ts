import { describe, expect, it } from 'vitest';
import { retryDelayMs } from '../../../../domain/notices/retry.ts';

const second = 1_000;
const minute = 60 * second;

describe('a notice that was not taken', () => {
  it.each([
    [1, second],
    [2, 2 * second],
    [5, 16 * second],
    [10, 512 * second],
    [11, 10 * minute],
    [5_000, 10 * minute],
  ])('is tried again, after try %i, within %i ms', (tries, longest) => {
    expect(retryDelayMs({ tries, random: 1 })).toBe(longest);
    expect(retryDelayMs({ tries, random: 0 })).toBe(0.8 * longest);
  });

  it('is not tried before its receiver wants it, as long as that is within an hour', () => {
    const after = (retryAfterMs: number) => retryDelayMs({ tries: 1, retryAfterMs, random: 1 });
    expect(after(30 * second)).toBe(30 * second);
    expect(after(10)).toBe(second);
    expect(after(100 * minute)).toBe(60 * minute);
  });
});
