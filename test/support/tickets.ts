/** A ticket as the domain makes it of the journal of one repair. */
import { ticketOf } from '../../domain/notices/ticket.ts';
import type { Ticket } from '../../domain/notices/types.ts';
import type { JournalEntry } from '../../domain/repair/types.ts';
import { entry, opened } from './entries.ts';
import { at } from './given.ts';

export function sampleTicket(changes: Partial<JournalEntry> = {}): Ticket {
  const entries = handedOver(changes);
  const ticket = ticketOf(entries[1]!, entries);
  if (!ticket || ticket === 'unknown') throw new Error('this end calls nobody');
  return ticket;
}

/** The first and the last entry of a repair that ended with a person. */
export function handedOver(changes: Partial<JournalEntry> = {}): readonly JournalEntry[] {
  const { repairId, cluster, node } = entry(changes);
  const about = { repairId, cluster, node };
  const closed = { kind: 'closed', outcome: 'escalated', reason: 'ladder-exhausted' } as const;
  const end = { sequence: 1, from: 'repairing', to: 'closed' } as const;
  return [
    { ...opened(about), ...about },
    entry({ ...end, command: { kind: 'close' }, events: [{ ...closed, at: at(9) }], ...changes }),
  ];
}
