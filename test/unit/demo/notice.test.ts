/** The demo's judge of the call for a person. */
import { describe, expect, it } from 'vitest';
import { judgeNotice, type NoticeEvidence } from '../../../demo/notice.ts';
import type { ReceivedTicket } from '../../../demo/receiver.ts';
import { parseTicketLine } from '../../../schemas/wire/ticketLine.ts';
import { sampleTicket } from '../../support/tickets.ts';

const node = 'beyond';
const handOver = { node, repairId: 'r-1', atMs: 10_000 };

function judge(changes: Partial<NoticeEvidence> = {}) {
  return judgeNotice(handOver, {
    brokenOff: 2,
    arrivals: [arrival()],
    lines: [line()],
    ...changes,
  });
}

function arrival(changes: Partial<ReceivedTicket> = {}): ReceivedTicket {
  return {
    delivery: 'r-1/9',
    node,
    repairId: 'r-1',
    signed: true,
    atMs: 12_340,
    ...changes,
  };
}
function line(delivery = 'r-1/9') {
  return { delivery, node, repairId: 'r-1' };
}

describe('the call for a person', () => {
  it('is right when it came once its webhook was up, signed, and stands in the file once', () => {
    expect(judge()).toEqual({ delivered: true, refused: 2, seconds: 2.3, problems: [] });
  });

  it('may come twice, and beside those of others', () => {
    const arrivals = [arrival(), arrival(), arrival({ node: 'other', repairId: 'r-2' })];
    expect(judge({ arrivals }).problems).toEqual([]);
  });

  it.each<[string, Partial<NoticeEvidence>, string]>([
    ['did not come', { arrivals: [arrival({ node: 'other' })] }, 'no ticket of it has arrived'],
    ['found its webhook up', { brokenOff: 0 }, 'never tried while it was down'],
    ['is not signed', { arrivals: [arrival({ signed: false })] }, 'not signed'],
    ['is of another repair', { arrivals: [arrival({ repairId: 'r-2' })] }, 'names another repair'],
    ['has two ids', { arrivals: [arrival(), arrival({ delivery: 'x' })] }, 'two delivery ids'],
    ['is not in the file', { lines: [] }, 'the file holds 0 of it'],
    ['is in the file twice', { lines: [line(), line()] }, 'the file holds 2 of it'],
    ['is another one in the file', { lines: [line('x')] }, 'the file has another id'],
  ])('that %s is wrong', (_, evidence, problem) => {
    expect(judge(evidence).problems.join()).toContain(problem);
  });
});

it('a ticket is read as its receiver reads it, and nothing else is', () => {
  const ticket = sampleTicket();
  expect(parseTicketLine(JSON.stringify(ticket))).toEqual(ticket);
  expect(['', 'x', '{}', '{"delivery":"","node":"n","repairId":"r"}'].map(parseTicketLine)).toEqual(
    Array.from({ length: 4 }),
  );
});
