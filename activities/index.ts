/** The activities of a repair as Temporal registers them: a factory over ports. */
import { Context } from '@temporalio/activity';
import type { Ending } from '../domain/repair/types.ts';
import { close } from './repair/close.ts';
import { isolate } from './repair/isolate.ts';
import { look } from './repair/look.ts';
import { migrate } from './migration/migrate.ts';
import type { Pulse } from './migration/migrate.ts';
import { observe } from './repair/observe.ts';
import type { ObservedCommand } from './repair/observe.ts';
import { preflight } from './repair/preflight.ts';
import { releasePermit, requestPermit } from './repair/permit.ts';
import type { Ports } from './ports.ts';
import { flush, record, recordWhile } from './journal.ts';
import { restore } from './repair/restore.ts';
import { runRung } from './repair/runRung.ts';
import type { RungOrder } from './repair/runRung.ts';
import type { Step } from '../domain/repair/step.ts';
import type { Done, StepOutcome } from './step.ts';
import { tagPods } from './migration/tagPods.ts';

type Activity<Rest extends readonly unknown[], Answer> = (
  step: Step,
  ...rest: Rest
) => Promise<Answer>;

/** The quick ones, run by the worker `repairs` as local activities; their entries ride with a later step. */
export type RepairActivities = {
  readonly requestPermit: Activity<[], StepOutcome>;
  readonly preflight: Activity<[], StepOutcome>;
  readonly isolate: Activity<[], StepOutcome>;
  readonly releasePermit: Activity<[], StepOutcome>;
  readonly close: Activity<[ending: Ending], StepOutcome>;
  readonly flush: Activity<[], number>;
  readonly record: Activity<[], number>;
};

/** All others, run by the worker `moves`. */
export type MoveActivities = {
  readonly tagPods: Activity<[], Done>;
  readonly migrate: Activity<[], Done>;
  readonly runRung: Activity<[order: RungOrder], Done>;
  readonly look: Activity<[], Done>;
  readonly restore: Activity<[ending: Ending], Done>;
  readonly observe: Activity<[command: ObservedCommand], Done>;
};

export function createRepairActivities(ports: Ports): RepairActivities {
  return {
    requestPermit: own(ports, (step) => requestPermit(ports, step)),
    preflight: own(ports, (step) => preflight(ports, step)),
    isolate: own(ports, (step) => isolate(ports, step)),
    releasePermit: own(ports, (step) => releasePermit(ports, step)),
    close: own(ports, (step, ending) => close(ports, step, ending)),
    flush: own(ports, (step) => flush(ports, step)),
    record: own(ports, (step) => record(ports, step)),
  };
}

export function createMoveActivities(ports: Ports): MoveActivities {
  return {
    tagPods: own(ports, (step) => recordWhile(ports, step, () => tagPods(ports, step))),
    migrate: own(ports, (step) =>
      beating((pulse) => recordWhile(ports, step, () => migrate(ports, step, pulse))),
    ),
    runRung: own(ports, (step, order) =>
      beating(({ signal }) => runRung(ports, step, order, signal)),
    ),
    look: own(ports, (step) => recordWhile(ports, step, () => look(ports, step))),
    restore: own(ports, (step, ending) =>
      recordWhile(ports, step, () => restore(ports, step, ending)),
    ),
    observe: own(ports, (step, command) =>
      recordWhile(ports, step, () => observe(ports, step, command)),
    ),
  };
}

/**
 * A step of another cluster is thrown back, so that it is tried again where it belongs: any answer would be an outcome,
 * and nodes of two clusters may have the same name.
 */
function own<Rest extends readonly unknown[], Answer>(
  { cluster }: Ports,
  activity: Activity<Rest, Answer>,
): Activity<Rest, Answer> {
  return async (step, ...rest) => {
    const { repairId, cluster: whose } = step.opening;
    if (whose !== cluster)
      throw new Error(`repair ${repairId} is of cluster ${whose}, this engine serves ${cluster}`);
    return activity(step, ...rest);
  };
}

/** Seldom enough for hundreds of activities at once, often enough that a cancel is heard within a second. */
const beatEveryMs = 1_000;

/** A lost worker must be noticed within the heartbeat time-out, however long the work takes. */
async function beating<T>(work: (pulse: Pulse) => Promise<T>): Promise<T> {
  const context = Context.current();
  let details: unknown;
  const timer = setInterval(() => context.heartbeat(details), beatEveryMs);
  try {
    return await work({
      tell: (news) => {
        details = news;
      },
      signal: context.cancellationSignal,
      sleep: (ms) => context.sleep(ms),
    });
  } finally {
    clearInterval(timer);
  }
}
