/** When a notice that was not taken is tried again. */

const second = 1_000;
const minute = 60 * second;

/** The pace of tries: it doubles from the first to the longest, for as long as it may take. */
const noticePace = {
  firstMs: second,
  longestMs: 10 * minute,
  /** A receiver that asks for more time gets so much at the most. */
  longestAskedMs: 60 * minute,
} as const;

export type Trial = {
  /** How often it was tried so far, at least once. */
  readonly tries: number;
  /** What the receiver asked for. */
  readonly retryAfterMs?: number | undefined;
  /** From 0 to 1: notices that failed together are not tried again together. */
  readonly random: number;
};

/** 80 to 100 % of the pace, and never before the receiver wants it. */
export function retryDelayMs({ tries, retryAfterMs = 0, random }: Trial): number {
  const { firstMs, longestMs, longestAskedMs } = noticePace;
  const paceMs = Math.min(longestMs, firstMs * 2 ** Math.min(tries - 1, 20));
  const ownMs = Math.round(paceMs * (0.8 + 0.2 * random));
  return Math.max(ownMs, Math.min(retryAfterMs, longestAskedMs));
}
