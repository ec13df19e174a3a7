/** Tickets as lines of a file: each once, and on the disk before it counts as delivered. */
import { open, readFile, stat } from 'node:fs/promises';
import { errorText } from '../std/errorText.ts';
import type { Ticket } from '../domain/notices/types.ts';
import type { Sink, Taken } from './ticketSink.ts';

/** What a file held when it was last looked at. */
type TicketFile = {
  readonly ino: number;
  readonly size: number;
  readonly deliveries: ReadonlySet<string>;
  readonly endsWithLine: boolean;
};

const nothing: TicketFile = { ino: 0, size: 0, deliveries: new Set(), endsWithLine: true };

export function createFileSink(file: string): Sink {
  let held = nothing;
  return {
    name: 'file',
    // One at a time: the file is looked at before it is written.
    atOnce: 1,
    deliver: async (ticket) => {
      try {
        held = await look(file, held);
        if (held.deliveries.has(ticket.delivery)) return taken(`it is in ${file} already`);
        held = await append(file, held, ticket);
        return taken(`written to ${file}`);
      } catch (error) {
        held = nothing;
        const why = errorText(error);
        return { kind: 'not-taken', why: `${file}: ${why}` };
      }
    },
  };
}

function taken(how: string): Taken {
  return { kind: 'taken', how };
}

/** A file that nobody else has written to is not read again. */
async function look(file: string, known: TicketFile): Promise<TicketFile> {
  const found = await stat(file).catch(noneIfMissing);
  if (!found) return nothing;
  const { ino, size } = found;
  if (known.ino === ino && known.size === size) return known;
  const text = await readFile(file, 'utf8');
  const deliveries = new Set(text.split('\n').flatMap(deliveryIn));
  return { ino, size, deliveries, endsWithLine: text === '' || text.endsWith('\n') };
}

function noneIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}

/** A line that was cut short, by a crash or a full disk, holds no ticket. */
function deliveryIn(line: string): string[] {
  try {
    const value: unknown = JSON.parse(line);
    const isTicket = typeof value === 'object' && value !== null && 'delivery' in value;
    return isTicket ? [String(value.delivery)] : [];
  } catch {
    return [];
  }
}

async function append(
  file: string,
  { endsWithLine, deliveries }: TicketFile,
  ticket: Ticket,
): Promise<TicketFile> {
  const handle = await open(file, 'a', 0o640);
  try {
    await handle.appendFile(`${endsWithLine ? '' : '\n'}${JSON.stringify(ticket)}\n`);
    await handle.datasync();
    const { ino, size } = await handle.stat();
    return { ino, size, deliveries: new Set([...deliveries, ticket.delivery]), endsWithLine: true };
  } finally {
    await handle.close();
  }
}
