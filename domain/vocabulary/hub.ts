/** The names of what is kept on the hub, and of what leaves it for the receivers of tickets. */

export const streams = { faults: 'FAULTS', journal: 'JOURNAL', dead: 'DEAD' } as const;
export const buckets = {
  episodes: 'episodes',
  guard: 'guard',
  engine: 'engine',
  notices: 'notices',
} as const;

/** The headers by which the receiver of a ticket knows the sender, the time and a repeated delivery. */
export const ticketHeaders = {
  signature: 'slipway-signature',
  timestamp: 'slipway-timestamp',
  delivery: 'slipway-delivery',
} as const;
