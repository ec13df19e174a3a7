/** What all workflows have in common for those who speak to them. */
import type { Lane } from '../../domain/vocabulary/temporal.ts';

/** One kind of workflow: at most one runs per place, by Temporal's own rule on workflow ids. */
export type Contract<Place, Input, Said, State> = {
  readonly type: string;
  readonly lane: Lane;
  readonly idOf: (place: Place) => string;
  /** Never set: what it begins with, what it is told, and what it answers. */
  readonly types?: { readonly input: Input; readonly said: Said; readonly state: State };
};

/** Clusters may share a Temporal namespace: the task queues keep each cluster's work in its own engines. */
export function taskQueueOf(lane: Lane, cluster: string): string {
  return `${lane}.${cluster}`;
}

export const arriveSignal = 'arrive';
/** Answers with the workflow's present state. */
export const stateQuery = 'state';

/** What is carried may come from another build: later minor versions count up behind the point, and only add. */
export const carriedVersion = 1;

export function isUnderstood(version: number): boolean {
  return Math.floor(version) === carriedVersion;
}
