/** The order of a repair's work, by which it is decided and shown. */
import type { Phase } from '../vocabulary/repair.ts';
import type { RepairState } from './types.ts';

export type WorkPhase = Extract<Phase, 'isolating' | 'tagging' | 'migrating' | 'repairing'>;

/** The phase of the first piece of work that is not done. */
export function workPhase({ isolated, pods }: Pick<RepairState, 'isolated' | 'pods'>): WorkPhase {
  if (!isolated) return 'isolating';
  if (!pods.tagged) return 'tagging';
  return pods.moved ? 'repairing' : 'migrating';
}
