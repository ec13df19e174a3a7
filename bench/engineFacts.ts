/** What the system and the engine itself say of the processes of a stack. */
import { readFile } from 'node:fs/promises';

export type Memory = { readonly nowMb: number; readonly peakMb: number };

/** What of it lies in memory. */
export async function memoryOf(pid: number): Promise<Memory> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  const mb = (field: string): number =>
    Math.round(Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) / 1024);
  return { nowMb: mb('VmRSS'), peakMb: mb('VmHWM') };
}

const ticksPerSecond = 100;

/** All threads, since its start. */
export async function cpuSecondsOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

export type EngineFacts = {
  /** Since they were asked for the last time. */
  readonly longestTurnMs: number;
  readonly resetsDone: number;
};

export async function askEngine(metricsUrl: string): Promise<EngineFacts> {
  const text = await (await fetch(metricsUrl)).text();
  const value = (row: string): number => {
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${row} `));
    return Number(line?.slice(row.length + 1) ?? 0);
  };
  return {
    longestTurnMs: Math.round(value('slipway_event_loop_delay_seconds{of="max"}') * 1_000),
    resetsDone: value('slipway_rung_attempts_total{driver="redfish",result="done"}'),
  };
}
