/** Times, durations and counts as people read them. */
import type { EpochMs } from '../../domain/vocabulary/time.ts';

/** `1 pod`, `2 pods`. */
export function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}

/** `2026-11-22 16:50:12Z`. */
export function moment(at: EpochMs): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** `16:50:12Z`. */
export function clockTime(at: EpochMs): string {
  return `${new Date(at).toISOString().slice(11, 19)}Z`;
}

/** `in 3m05s`; undefined for what is due or past, which nobody may be told to wait for. */
export function ahead(at: EpochMs, now: EpochMs): string | undefined {
  return at > now ? `in ${duration(at - now)}` : undefined;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `850ms` never; `0s`, `42s`, `3m05s`, `4h12m`, `6d3h`. */
export function duration(ms: number): string {
  const span = Math.max(0, ms);
  if (span < minute) return `${Math.floor(span / second)}s`;
  if (span < hour) return `${Math.floor(span / minute)}m${two((span % minute) / second)}s`;
  if (span < day) return `${Math.floor(span / hour)}h${two((span % hour) / minute)}m`;
  return `${Math.floor(span / day)}d${Math.floor((span % day) / hour)}h`;
}

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}
