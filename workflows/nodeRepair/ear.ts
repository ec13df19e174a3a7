/** How a repair understands what is said to it. */
import { misheard, readSaid } from '../../domain/repair/arrivals.ts';
import type { RepairEvent } from '../../domain/repair/types.ts';
import { arriveSignal } from '../contract/shared.ts';
import type { Ear } from '../loop/inbox.ts';

const temporal = { name: 'temporal', reason: "Temporal's own cancellation was requested" };

/** What is said to another repair of the same node is not for this one. */
export function earOf(repairId: string): Ear<RepairEvent> {
  return {
    understood: (value, at) => {
      const said = readSaid(value);
      if (!said) return { ...misheard(arriveSignal, value), at };
      return said.repairId === repairId ? { ...said.arrival, at } : undefined;
    },
    misheard: (signal, value, at) => ({ ...misheard(signal, value), at }),
    cancelled: (at) => ({ kind: 'cancelRequested', by: temporal, requestId: 'temporal', at }),
    keyOf,
  };
}

function keyOf(event: RepairEvent): string {
  switch (event.kind) {
    case 'reported':
      return `reported/${event.report.check}`;
    case 'cancelRequested':
      return `cancelRequested/${event.requestId}`;
    case 'lost':
      return `lost/${event.reason}`;
    default:
      return event.kind;
  }
}
