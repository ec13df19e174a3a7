/** What `-o json` prints, published as JSON Schema. All times are milliseconds since 1970-01-01T00:00:00Z. */
import { z } from 'zod';
import { outcomes, phases } from '../../domain/vocabulary/repair.ts';

const text = z.string();
const at = z.number();
const count = z.int().min(0);

const note = z.strictObject({
  by: text.exactOptional(),
  reason: text,
  at: at.exactOptional(),
});

const header = z.strictObject({
  cluster: z.strictObject({ id: text, name: text, server: text }).exactOptional(),
  mode: z.enum(['observe', 'act']).exactOptional(),
  engineVersion: text.exactOptional(),
  paused: note.exactOptional(),
  pauseUnknown: z.literal(true).exactOptional(),
  engine: z.strictObject({ holder: text, seenAt: at }).exactOptional(),
  engineUnknown: z.literal(true).exactOptional(),
  asOf: at,
});

/** One entry of the error catalogue (docs/ERRORS.md), with what happened. */
const failure = z.strictObject({
  kind: z.literal('failure'),
  error: text,
  code: text,
  what: text,
  more: z.array(text).exactOptional(),
  next: text,
});

const unread = z.array(failure);
const author = z.strictObject({ name: text, reason: text });

const repair = z.strictObject({
  repairId: text,
  node: text,
  check: text.exactOptional(),
  policy: text.exactOptional(),
  mode: text.exactOptional(),
  openedAt: at,
  phase: z.enum(phases),
  phaseSince: at,
  outcome: z.enum(outcomes).exactOptional(),
  reason: text.exactOptional(),
  closedAt: at.exactOptional(),
  waits: text.exactOptional(),
});

/** A ticket that has not arrived yet. */
const undelivered = z.strictObject({
  sink: text,
  delivery: text,
  repairId: text,
  node: text,
  since: at,
  tries: count,
  nextTryAt: at,
  answer: text.exactOptional(),
});

const blocker = z.strictObject({
  pod: text,
  why: text,
  budgets: z.array(text).exactOptional(),
  detail: text.exactOptional(),
  retryAt: at.exactOptional(),
});

/** Parts that come from `domain/` as they are: more may be added to them. */
const story = {
  repair,
  fault: z.looseObject({ reason: text, message: text, observer: text }).exactOptional(),
  ladder: z.array(text),
  nextRung: count.exactOptional(),
  visits: z.array(
    z.strictObject({
      phase: z.enum(phases),
      from: at,
      until: at.exactOptional(),
      notes: z.array(z.strictObject({ firstAt: at, at, text, times: count })),
    }),
  ),
  ahead: z.array(z.enum(phases)),
  pods: z
    .looseObject({
      tagged: z.boolean(),
      moved: z.boolean(),
      left: count,
      blockers: z.array(blocker),
    })
    .exactOptional(),
  waiting: z.strictObject({ reason: text, until: at }).exactOptional(),
  by: text.exactOptional(),
};

const screen = { version: z.literal(1), header, unread };
const command = z.looseObject({ kind: text });

const looks = [
  z.strictObject({
    kind: z.literal('Status'),
    ...screen,
    budgets: z
      .array(
        z.strictObject({
          policies: z.array(text),
          nodes: count,
          limit: count,
          out: count,
          free: count,
          permits: count,
        }),
      )
      .exactOptional(),
    repairs: z
      .strictObject({
        open: count,
        byPhase: z.record(text, count),
        longestWait: z
          .strictObject({
            repairId: text,
            node: text,
            phase: text,
            reason: text.exactOptional(),
            since: at,
          })
          .exactOptional(),
      })
      .exactOptional(),
    handedOver: z
      .array(
        z.strictObject({
          repairId: text,
          node: text,
          outcome: text,
          reason: text.exactOptional(),
          at: at.exactOptional(),
        }),
      )
      .exactOptional(),
    notices: z
      .strictObject({
        undelivered: z.array(undelivered),
        unreadable: z.array(
          z.strictObject({ sink: text, count, at, streamSequence: count, why: text }),
        ),
      })
      .exactOptional(),
    dead: z.strictObject({ count, newestAt: at.exactOptional() }).exactOptional(),
    lag: z.strictObject({ waiting: count, inHand: count }).exactOptional(),
    processes: z
      .array(z.strictObject({ name: text, pid: count, alive: z.boolean(), logFile: text }))
      .exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('PolicyCheck'),
    version: z.literal(1),
    policies: z.array(z.strictObject({ name: text, checks: z.array(text) })),
    warnings: z.array(text),
    compared: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal('Why'),
    ...screen,
    node: text,
    thinks: z.array(text),
    checks: z.array(
      z.strictObject({
        check: text,
        observer: text,
        verdict: text,
        since: at,
        reason: text,
        message: text,
        present: z.boolean().exactOptional(),
      }),
    ),
    repair: repair.exactOptional(),
    did: z.array(z.strictObject({ at, phase: z.enum(phases), text })),
    why: z.array(z.strictObject({ code: text, sentence: text, lookAgainAt: at.exactOptional() })),
    isolated: z.boolean(),
    held: z.boolean(),
    again: z.array(z.enum(['continue', 'rerun'])),
    notices: z.array(undelivered).exactOptional(),
    takeBack: z.array(text),
  }),
  z.strictObject({ kind: z.literal('RepairList'), ...screen, repairs: z.array(repair) }),
  z.strictObject({ kind: z.literal('Repair'), ...screen, ...story }),
  z.strictObject({
    kind: z.literal('Replay'),
    ...screen,
    repairId: text,
    decidedBy: text,
    codeVersion: text,
    policy: text,
    ownPolicy: z.boolean(),
    decisions: z.array(
      z.strictObject({
        sequence: count,
        at,
        phase: z.enum(phases),
        recorded: command,
        decided: command,
        same: z.boolean(),
      }),
    ),
    different: count,
  }),
  z.strictObject({
    kind: z.literal('FaultList'),
    ...screen,
    reports: z.array(
      z.strictObject({ event: z.looseObject({ id: text }), sequence: count, storedAt: at }),
    ),
  }),
  z.strictObject({
    kind: z.literal('DeadList'),
    ...screen,
    letters: z.array(
      z.strictObject({
        cluster: text,
        subject: text,
        sequence: count,
        reason: text,
        detail: text,
        deadSequence: count,
        storedAt: at,
        bytes: count,
        text,
        requeued: z.boolean(),
      }),
    ),
  }),
  z.strictObject({
    kind: z.literal('Examination'),
    version: z.literal(1),
    header,
    findings: z.array(
      z.strictObject({
        about: text,
        grade: z.enum(['good', 'note', 'bad']),
        what: text,
        advice: text.exactOptional(),
      }),
    ),
  }),
] as const;

/** `unrecorded`: the deed is done, but the journal could not be told. */
const deed = { version: z.literal(1), by: author, unrecorded: failure.exactOptional() };

const deeds = [
  z.strictObject({
    kind: z.literal('DryRun'),
    version: z.literal(1),
    would: text,
    details: z.array(text),
    by: author,
  }),
  z.strictObject({ kind: z.literal('Hold'), ...deed, node: text }),
  z.strictObject({ kind: z.literal('Unhold'), ...deed, node: text }),
  z.strictObject({ kind: z.literal('Pause'), ...deed }),
  z.strictObject({ kind: z.literal('Resume'), ...deed }),
  z.strictObject({ kind: z.literal('Injection'), ...deed, node: text, check: text, status: text }),
  z.strictObject({
    kind: z.literal('Cancellation'),
    version: z.literal(1),
    by: author,
    repairId: text,
    confirmed: z.boolean(),
    repair: repair.exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('RepairAgain'),
    ...deed,
    repairId: text,
    node: text,
    after: z.strictObject({ repairId: text, firstRung: count }),
  }),
  z.strictObject({
    kind: z.literal('Requeue'),
    version: z.literal(1),
    by: author,
    letters: z.array(
      z.strictObject({ number: count, stored: z.boolean(), why: text.exactOptional() }),
    ),
  }),
  z.strictObject({
    kind: z.literal('NothingToDo'),
    version: z.literal(1),
    what: text,
  }),
] as const;

/** What stands on the error stream, alone, where a command fails or is called wrongly. */
const error = z.strictObject({
  kind: z.literal('Error'),
  version: z.literal(1),
  error: text,
  code: text,
  what: text,
  more: z.array(text).exactOptional(),
  next: text,
  exit: count,
});

export const cliOutputSchema = z.discriminatedUnion('kind', [...looks, ...deeds, error]);
