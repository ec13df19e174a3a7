/** What the receiver and the file of tickets say of the one hand-over of the demo. */
import type { TicketLine } from '../schemas/wire/ticketLine.ts';
import type { ReceivedTicket } from './receiver.ts';
import { untrue, type Claim } from './verdict.ts';

/** What is known of the tickets so far. */
export type NoticeEvidence = {
  readonly brokenOff: number;
  readonly arrivals: readonly ReceivedTicket[];
  /** The lines of the file of tickets. */
  readonly lines: readonly TicketLine[];
};

export type NoticeVerdict = {
  readonly delivered: boolean;
  /** How often the webhook was tried in vain before. */
  readonly refused: number;
  /** From the hand-over to the arrival. */
  readonly seconds: number;
  readonly problems: readonly string[];
};

/** The node that is beyond repair, the repair that its mark names, and when it was handed over. */
export type HandOver = {
  readonly node: string;
  readonly repairId: string | undefined;
  readonly atMs: number;
};

export function judgeNotice(
  { node, repairId, atMs }: HandOver,
  { brokenOff, arrivals, lines }: NoticeEvidence,
): NoticeVerdict {
  const ours = arrivals.filter((arrival) => arrival.node === node);
  const written = lines.filter((line) => line.node === node);
  const [first] = ours;
  const claims: readonly Claim[] = [
    [first !== undefined, 'no ticket of it has arrived'],
    [brokenOff > 0, 'its webhook was never tried while it was down'],
    [ours.every(({ signed }) => signed), 'it is not signed with the key of the file'],
    [ours.every((arrival) => arrival.repairId === repairId), 'it names another repair'],
    [new Set(ours.map(({ delivery }) => delivery)).size <= 1, 'it came under two delivery ids'],
    [written.length === 1, `the file holds ${written.length} of it`],
    [written.every(({ delivery }) => delivery === first?.delivery), 'the file has another id'],
  ];
  return {
    delivered: first !== undefined,
    refused: brokenOff,
    seconds: first ? Math.max(0, Math.round((first.atMs - atMs) / 100) / 10) : 0,
    problems: untrue(claims),
  };
}
