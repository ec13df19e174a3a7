/** Which arrivals end a running command early. Isolating, a rung and returning always run to their end (ADR 3). */
import { arrivalKinds } from './types.ts';
import type { Command, RepairEvent } from './types.ts';

export function interrupts(running: Command, event: RepairEvent): boolean {
  if (running.kind === 'wait') return wakes(event);
  return running.kind === 'migrate' && endsMigration(event);
}

function wakes({ kind }: RepairEvent): boolean {
  return kind !== 'misheard' && arrivalKinds.some((arrival) => arrival === kind);
}

/** Another faulty report, or a wake-up, gives no reason to stop moving pods. */
function endsMigration(event: RepairEvent): boolean {
  if (event.kind === 'reported') return event.report.verdict !== 'faulty';
  return event.kind === 'cancelRequested' || event.kind === 'lost' || event.kind === 'rebooted';
}
