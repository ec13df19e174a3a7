/** Every attempt of a repair with its answer, and those that were begun and never answered. */
import type { Rung } from '../repair/policy.ts';
import type { JournalEntry, RepairEvent } from '../repair/types.ts';
import type { ReasonCode } from '../vocabulary/reasons.ts';
import { cut } from './text.ts';
import type { TicketAttempt } from './types.ts';

const noAnswer = 'no answer';
const notTried = 'not tried';

type Attempted = Extract<RepairEvent, { readonly kind: 'attempted' }>;

/** In the order in which they were begun. */
export function attemptsOf(
  entries: readonly JournalEntry[],
  ladder: readonly Rung[],
): readonly TicketAttempt[] {
  const attempts: TicketAttempt[] = [];
  for (const { command, events, at } of entries) {
    if (command.kind === 'runRung' && events.length === 0)
      attempts.push(begun({ rung: command.rung, number: command.attempt, at }, ladder));
    else if (command.kind === 'runRung' && !events.some(isAnswer)) dropBegun(attempts);
    for (const event of events) {
      if (event.kind === 'attempted') replaceLast(attempts, answered(event, ladder));
      if (event.kind === 'notTried')
        replaceLast(attempts, {
          ...begun(event, ladder),
          result: notTried,
          detail: cut(event.detail),
        });
      if (event.kind === 'attemptSpent') giveUpLast(attempts, event.reason);
    }
  }
  return attempts;
}

function isAnswer({ kind }: RepairEvent): boolean {
  return kind === 'attempted' || kind === 'notTried';
}

/** What was refused before it was made may be begun again later. */
function dropBegun(attempts: TicketAttempt[]): void {
  if (attempts.at(-1)?.result === noAnswer) attempts.pop();
}

/** An answer belongs to what was begun last; what could not be tried until then is the same attempt. */
function replaceLast(attempts: TicketAttempt[], answer: TicketAttempt): void {
  while (isOpen(attempts.at(-1), answer)) attempts.pop();
  attempts.push(answer);
}

function isOpen(last: TicketAttempt | undefined, { rung, number }: TicketAttempt): boolean {
  const { result } = last ?? {};
  return (
    (result === noAnswer || result === notTried) && last?.rung === rung && last.number === number
  );
}

function answered(event: Attempted, ladder: readonly Rung[]): TicketAttempt {
  const { rung, number, startedAt, result, detail, code } = event;
  const about = begun({ rung, number, at: startedAt }, ladder);
  return { ...about, result, detail: cut(detail), ...(code && { code }) };
}

type BegunAttempt = Pick<Attempted, 'rung' | 'number' | 'at'>;

function begun({ rung, number, at }: BegunAttempt, ladder: readonly Rung[]): TicketAttempt {
  const known = ladder[rung];
  const { driver, action } = known ?? {};
  const how = driver !== undefined && action !== undefined && { driver, action };
  const detail = 'the journal does not tell what came of it';
  const name = known?.name ?? `rung ${rung + 1}`;
  return { rung: name, ...how, number, at, result: noAnswer, detail };
}

function giveUpLast(attempts: TicketAttempt[], reason: ReasonCode): void {
  const last = attempts.at(-1);
  if (last) attempts.splice(attempts.length - 1, 1, { ...last, givenUp: reason });
}
