/** One run of a workflow: what it may begin with, and when another has to go on (ADR 3). */
import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { mostCommandsAtOnce } from '../../domain/repair/patience.ts';
import { isUnderstood } from '../contract/shared.ts';

const eventsPerRun = 4_000;
/** Half of what a history may hold: one more command may add some hundred kilobytes. */
const bytesPerRun = 1024 * 1024;

/** A state that this version may misread is nobody's to act on: the failed run is handed over like one that spins. */
export function failIfForeign(carried: { readonly version: number } | undefined): void {
  if (!carried || isUnderstood(carried.version)) return;
  throw ApplicationFailure.nonRetryable(
    `the state of version ${carried.version} is not understood here`,
  );
}

/** The decision hands a spin over; this is for a defect in just that. A failed run is handed over by the reconciler. */
export function failIfSpinning({ turn: { commands }, phase }: Spun): void {
  if (commands < 4 * mostCommandsAtOnce) return;
  throw ApplicationFailure.nonRetryable(`${commands} commands at one moment in ${phase}`);
}

type Spun = { readonly turn: { readonly commands: number }; readonly phase: string };

/** Between two commands is the only safe place to continue as new. */
export function isRunFull(): boolean {
  const { historyLength, historySize } = workflowInfo();
  return historyLength > eventsPerRun || historySize > bytesPerRun;
}
