/** The one builder of journal lines: what they are about, and what was decided there. */
import type { EpochMs } from './vocabulary/time.ts';

/** A node in repair. */
export type RepairedNode = {
  readonly kind: 'node';
  readonly cluster: string;
  readonly node: string;
  /** Of the repair. */
  readonly id: string;
};

/** What a line is about, and the id of what goes on there; without an id, what was decided by itself. */
export type Subject =
  | RepairedNode
  | (Omit<RepairedNode, 'id'> & { readonly id?: undefined })
  | { readonly kind: 'cluster'; readonly cluster: string };

/** What was decided, in the words of the subject: commands, phases and events are its own. */
export type Decision = {
  /** Counts the entries of one id from 0; without an id, the place of what was answered, or 0. */
  readonly sequence: number;
  readonly at: EpochMs;
  readonly command: { readonly kind: string };
  readonly from?: string;
  readonly to?: string;
  readonly reason?: string;
  readonly events: readonly { readonly kind: string; readonly at: EpochMs }[];
  /** Who decided: `slipway`, a part of it, or a person. */
  readonly by: string;
};

/** The subject as a line names it. */
export type LineHead = {
  readonly version: 1;
  readonly repairId?: string;
  readonly cluster: string;
  readonly node?: string;
};

export function lineOf<D extends Decision>(
  subject: RepairedNode,
  decision: D,
): Required<LineHead> & D;
export function lineOf<D extends Decision>(subject: Subject, decision: D): LineHead & D;
export function lineOf<D extends Decision>(subject: Subject, decision: D): LineHead & D {
  return { ...headOf(subject), ...decision };
}

function headOf(subject: Subject): LineHead {
  const { cluster } = subject;
  if (subject.kind === 'cluster') return { version: 1, cluster };
  const { node, id } = subject;
  return { version: 1, ...(id !== undefined && { repairId: id }), cluster, node };
}
