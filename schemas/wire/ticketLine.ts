/** A ticket as its receiver reads it: whose it is, and which delivery. */
import { z } from 'zod';
import { parseJson } from '../parsed.ts';

const ticketLine = z.looseObject({
  delivery: z.string().min(1),
  node: z.string().min(1),
  repairId: z.string().min(1),
});

export type TicketLine = z.infer<typeof ticketLine>;

/** Undefined for anything that is no ticket. */
export function parseTicketLine(text: string): TicketLine | undefined {
  const json = parseJson(text);
  return json.ok ? ticketLine.safeParse(json.value).data : undefined;
}
