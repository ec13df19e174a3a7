/**
 * One node, its BMC, its people and the hub, played turn by turn from drawn numbers: everything that can go wrong goes
 * wrong while numbers are left, then the world is calm. The first choice of each kind is the good one. Acts go through
 * the same judgement as the real ones, so what the world counts is what a real one would have suffered.
 */
import { isIsolatedBy, isolationMark } from '../../domain/marks.ts';
import { checksOf } from '../../domain/evidence.ts';
import type { NodeFacts } from '../../domain/node.ts';
import { decide } from '../../domain/repair/decide.ts';
import { evolve, initialState } from '../../domain/repair/evolve.ts';
import { judge } from '../../domain/repair/freshLook.ts';
import type { Judgement, Purpose } from '../../domain/repair/freshLook.ts';
import { interrupts } from '../../domain/repair/interrupts.ts';
import type {
  Arrival,
  CheckReport,
  Command,
  Ending,
  RepairEvent,
  RepairOpening,
  RepairState,
  Unstamped,
} from '../../domain/repair/types.ts';
import { fieldManagers, marks } from '../../domain/vocabulary/marks.ts';
import { second } from './given.ts';
import { nodeFacts, taint } from './nodes.ts';

/** How the world is once nothing new goes wrong. */
export type Fate = {
  /** Which attempt of all makes the machine come back well; none if 0. */
  readonly healedBy: number;
  readonly bmc: 'reboots' | 'accepts and does nothing' | 'rejects' | 'is silent';
  readonly budgets: 'allow' | 'block';
  readonly reporters: 'speak' | 'are silent after a boot';
};

export type TurnOfWorld = {
  readonly at: number;
  readonly state: RepairState;
  readonly command: Command;
  readonly events: readonly RepairEvent[];
};

export type Story = {
  readonly turns: readonly TurnOfWorld[];
  readonly state: RepairState;
  readonly resets: number;
  readonly isolations: number;
  readonly returns: number;
  /** What a person must never see: their own cordon undone, or an act on a node on hold. */
  readonly wrongs: readonly string[];
  readonly node: NodeFacts | undefined;
};

type Outcome = Unstamped<RepairEvent>;

const mostTurns = 3_000;

export function play(opening: RepairOpening, fate: Fate, numbers: readonly number[]): Story {
  const world = new World(opening, fate, numbers);
  const turns: TurnOfWorld[] = [];
  let state = initialState(opening);
  while (state.phase !== 'closed' && turns.length < mostTurns) {
    world.happen();
    const at = world.now;
    const command = decide(state, opening.policy, at);
    const outcome = world.perform(state, command);
    const events = [...world.inbox.splice(0), { ...outcome, at: world.now }];
    turns.push({ at, state, command, events });
    state = events.reduce(evolve, state);
  }
  const { resets, isolations, returns, wrongs, node } = world;
  return { turns, state, resets, isolations, returns, wrongs, node };
}

class World {
  now: number;
  readonly inbox: Arrival[] = [];
  node: NodeFacts | undefined;
  resets = 0;
  isolations = 0;
  returns = 0;
  readonly wrongs: string[] = [];
  readonly #opening: RepairOpening;
  readonly #fate: Fate;
  readonly #numbers: number[];
  #reports: CheckReport[] = [];
  #sequence: number;
  #boots = 1;
  #paused = false;
  #permit = false;
  #rebootsAt: number | undefined;

  constructor(opening: RepairOpening, fate: Fate, numbers: readonly number[]) {
    const { fault, sequence } = opening;
    this.#opening = opening;
    this.#fate = fate;
    this.#numbers = [...numbers];
    this.now = opening.openedAt;
    this.#sequence = sequence;
    const { check, observer, verdict, bootId, counter } = fault;
    this.#reports = [{ check, observer, verdict, bootId, counter, sequence }];
    this.node = nodeFacts({ name: opening.node });
  }

  /** Something that nobody asked for. */
  happen(): void {
    if (this.#rebootsAt !== undefined && this.now >= this.#rebootsAt) this.#reboot();
    if (this.#numbers.length === 0) {
      this.#paused = false;
      return;
    }
    this.#happenings[this.#pick(8 * this.#happenings.length)]?.();
  }

  perform(state: RepairState, command: Command): Outcome {
    if (command.kind === 'wait') return this.#wait(command);
    this.now += second;
    if (this.#opening.mode === 'observe') return this.#observe(state, command);
    return this.#act(state, command);
  }

  readonly #happenings: readonly (() => void)[] = [
    () => {},
    () => this.#report('healthy'),
    () => this.#report('faulty'),
    () => this.#report('unknown'),
    () => this.#report('faulty', 'DiskPressure'),
    () => this.#report('healthy', 'DiskPressure'),
    () => this.#reboot(),
    () => this.#change({ unschedulable: true, unschedulableOwner: 'kubectl-cordon' }),
    () => this.#change({ unschedulable: false, unschedulableOwner: 'kubectl-cordon' }),
    () => this.#hold(true),
    () => this.#hold(false),
    () => this.#change({ ready: 'False' }),
    () => this.#change({ ready: 'True' }),
    () => this.#change({ taints: [taint('ToBeDeletedByClusterAutoscaler')] }),
    () => (this.#paused = true),
    () => (this.#paused = false),
    () => (this.#permit = false),
    () => this.#say({ kind: 'lookAgain', because: 'a permit is free' }),
    () => this.#say({ kind: 'cancelRequested', by: { name: 'ada', reason: 'x' }, requestId: 'c' }),
    () => this.#say({ kind: 'rebooted', bootId: 'boot-0', ready: false }),
    () => (this.node = undefined),
    () => (this.node = nodeFacts({ uid: 'another' })),
    () => this.#say({ kind: 'lost', reason: 'being-deleted', detail: 'seen by the watch' }),
  ];

  #pick(choices: number): number {
    return (this.#numbers.shift() ?? 0) % choices;
  }

  #say(arrival: Unstamped<Arrival>): void {
    this.inbox.push({ ...arrival, at: this.now });
  }

  #change(changes: Partial<NodeFacts>): void {
    if (!this.node) return;
    this.node = { ...this.node, ...changes };
    const ready = this.node.ready === 'True';
    if (this.#pick(2) === 0) this.#say({ kind: 'rebooted', bootId: this.node.bootId, ready });
  }

  #hold(held: boolean): void {
    const { [marks.hold]: _, ...others } = this.node?.marks ?? {};
    this.#change({ marks: held ? { ...others, [marks.hold]: 'mine' } : others });
  }

  #report(verdict: CheckReport['verdict'], check = this.#opening.fault.check): void {
    if (!this.node) return;
    this.#sequence += 1;
    const { observer } = this.#opening.fault;
    const place = { counter: this.#sequence, sequence: this.#sequence };
    const report = { check, observer, verdict, bootId: this.node.bootId, ...place };
    this.#reports = [...this.#reports.filter((known) => known.check !== check), report];
    if (this.#pick(4) !== 3) this.#say({ kind: 'reported', report });
  }

  #reboot(): void {
    this.#rebootsAt = undefined;
    this.#boots += 1;
    this.#change({ bootId: `boot-${this.#boots}`, ready: 'True' });
    if (this.#fate.reporters === 'are silent after a boot') return;
    const isHealed = this.#fate.healedBy > 0 && this.resets >= this.#fate.healedBy;
    for (const { check } of this.#reports) this.#report(isHealed ? 'healthy' : 'faulty', check);
  }

  #wait(command: Extract<Command, { kind: 'wait' }>): Outcome {
    const isNear = this.#rebootsAt !== undefined && this.#rebootsAt < command.until;
    if (isNear && this.inbox.length === 0) {
      this.now = Math.max(this.now, this.#rebootsAt ?? 0);
      this.#reboot();
    }
    const early = this.inbox.some((arrival) => interrupts(command, arrival));
    if (early) return { kind: 'interrupted', command: 'wait' };
    this.now = Math.max(this.now + 1, command.until);
    return { kind: 'waited' };
  }

  #act(state: RepairState, command: Command): Outcome {
    switch (command.kind) {
      case 'requestPermit':
        return this.#request();
      case 'preflight':
        return this.#preflight();
      case 'isolate':
        return this.#guarded(state, 'isolate', (node) => this.#isolate(node));
      case 'tagPods':
        return this.#guarded(state, 'act', () => ({ kind: 'podsTagged', pods: this.#pick(3) + 1 }));
      case 'migrate':
        return this.#guarded(state, 'act', () => this.#migrate(command));
      case 'runRung':
        return this.#guarded(
          state,
          'act',
          (node) => this.#found(command) ?? this.#run(state, command, node),
        );
      case 'look':
        return this.#guarded(state, 'look', (_node, { finding }) => ({ kind: 'looked', finding }));
      case 'restore':
        return this.#restore(state, state.ending);
      default:
        return this.#formal(state, command);
    }
  }

  /** What is only said, or cannot be refused. */
  #formal(state: RepairState, command: Command): Outcome {
    switch (command.kind) {
      case 'giveUpAttempt':
        return { ...command, kind: 'attemptSpent' };
      case 'conclude': {
        const { kind: _, ...ending } = command;
        return { kind: 'concluded', ending };
      }
      case 'releasePermit':
        this.#permit = false;
        return { kind: 'permitReleased' };
      case 'close': {
        if (!state.ending) throw new Error('closed without an ending');
        const { outcome, reason } = state.ending;
        return { kind: 'closed', outcome, reason };
      }
      default:
        throw new Error(`nobody performs ${command.kind}`);
    }
  }

  #observe(state: RepairState, command: Command): Outcome {
    const assumed = true;
    switch (command.kind) {
      case 'requestPermit':
        return { kind: 'permitGranted', out: 0, limit: 1, fit: true, assumed };
      case 'isolate':
        return { kind: 'isolated', assumed };
      case 'tagPods':
        return { kind: 'podsTagged', pods: 1, assumed };
      case 'migrate':
        return { kind: 'podsMoved', assumed };
      case 'runRung':
        return { ...this.#attempt(state, command), result: 'done', detail: 'would', assumed };
      case 'restore':
        return { kind: 'restored', node: 'returned', assumed };
      default:
        return this.#act({ ...state, isolated: false }, command);
    }
  }

  #judge(state: RepairState, purpose: Purpose): Judgement {
    const { repairId, nodeUid, policy, fault } = this.#opening;
    const { bootId, isolated, reports } = state;
    return judge(
      {
        purpose,
        repairId,
        nodeUid,
        bootId,
        isolated,
        checks: [fault.check, ...checksOf(reports)],
        policy,
      },
      {
        node: this.node,
        paused: this.#paused,
        permit: this.#permit,
        open: true,
        reports: this.#reports,
      },
    );
  }

  #guarded(
    state: RepairState,
    purpose: Purpose,
    act: (node: NodeFacts, judged: Extract<Judgement, { ok: true }>) => Outcome,
  ): Outcome {
    const luck = this.#pick(8);
    if (luck === 7) return { kind: 'refused', reason: 'node-unreadable', detail: 'no answer' };
    const judged = this.#judge(state, purpose);
    if (!judged.ok) {
      const { reason, detail, finding } = judged;
      return { kind: 'refused', reason, detail, ...(finding && { finding }) };
    }
    const outcome = act(judged.node, judged);
    if (luck !== 6 || outcome.kind === 'attempted') return outcome;
    return { kind: 'failed', command: 'isolate', detail: 'done, but the answer was lost' };
  }

  #request(): Outcome {
    const luck = this.#pick(5);
    if (luck === 4) return { kind: 'failed', command: 'requestPermit', detail: 'no answer' };
    if (luck === 3) return { kind: 'permitRefused', reason: 'budget-full', out: 1, limit: 1 };
    this.#permit = true;
    const granted = { kind: 'permitGranted', out: 0, limit: 1 } as const;
    return luck === 2 ? granted : { ...granted, fit: true };
  }

  #preflight(): Outcome {
    const luck = this.#pick(6);
    if (luck === 5)
      return { kind: 'preflightFailed', reason: 'no-rung-possible', detail: 'no entry' };
    if (luck !== 4) return { kind: 'preflightPassed' };
    this.#permit = false;
    return { kind: 'notTried', rung: 0, number: 1, detail: 'busy' };
  }

  #isolate(node: NodeFacts): Outcome {
    const { repairId } = this.#opening;
    if (isIsolatedBy(node, repairId)) return { kind: 'isolated' };
    if (node.unschedulable) this.wrongs.push('isolated a node that was cordoned');
    this.isolations += 1;
    this.node = {
      ...node,
      unschedulable: true,
      unschedulableOwner: fieldManagers.isolation,
      marks: {
        ...node.marks,
        [marks.isolation]: JSON.stringify({ repair: repairId, at: this.now }),
      },
    };
    return { kind: 'isolated' };
  }

  #migrate(command: Extract<Command, { kind: 'migrate' }>): Outcome {
    const early = this.inbox.some((arrival) => interrupts(command, arrival));
    if (early) return { kind: 'interrupted', command: 'migrate' };
    const blockers = [
      { pod: 'default/web-0', why: 'blocked-by-budget', budgets: ['web'] },
    ] as const;
    const isBlocked = this.#fate.budgets === 'block' || this.#pick(3) === 2;
    return isBlocked ? { kind: 'podsLeft', left: 1, blockers } : { kind: 'podsMoved' };
  }

  #attempt(
    state: RepairState,
    { rung, attempt }: Extract<Command, { kind: 'runRung' }>,
  ): Unstamped<Extract<RepairEvent, { kind: 'attempted' }>> {
    const evidenceAfter = Math.max(...this.#reports.map(({ sequence }) => sequence));
    const made = { rung, number: attempt, startedAt: this.now, bootIdBefore: state.bootId };
    return { kind: 'attempted', ...made, evidenceAfter, result: 'unknown', detail: 'no answer' };
  }

  #found({ leavesPods }: Extract<Command, { kind: 'runRung' }>): Outcome | undefined {
    if (leavesPods || this.#pick(8) !== 7) return undefined;
    return { kind: 'podsFound', left: 1, pods: ['default/web-0'] };
  }

  #run(
    state: RepairState,
    command: Extract<Command, { kind: 'runRung' }>,
    node: NodeFacts,
  ): Outcome {
    const attempt = this.#attempt(state, command);
    if (this.#fate.bmc === 'rejects') return { ...attempt, result: 'rejected' };
    this.resets += 1;
    if (node.marks[marks.hold] !== undefined) this.wrongs.push('reset a node on hold');
    if (node.taints.length > 0) this.wrongs.push('reset a node that is about to be removed');
    if (this.#fate.bmc === 'reboots') this.#rebootsAt = this.now + 30 * second;
    if (this.#fate.bmc === 'reboots' && this.#pick(4) === 3) this.#reboot();
    return this.#fate.bmc === 'is silent' ? attempt : { ...attempt, result: 'done' };
  }

  #restore(state: RepairState, ending: Ending | undefined): Outcome {
    if (!ending) throw new Error('restored without an ending');
    if (this.#pick(6) === 5) return { kind: 'failed', command: 'restore', detail: 'no answer' };
    if (ending.node === 'leave') return { kind: 'restored', node: 'left' };
    const judged = this.#judge(state, purposeOf(ending));
    if (judged.ok) return this.#asDecided(judged.node, ending);
    const { reason, detail, finding } = judged;
    return { kind: 'refused', reason, detail, ...(finding && { finding }) };
  }

  #asDecided(node: NodeFacts, ending: Ending): Outcome {
    if (ending.node === 'return') return this.#giveBack(node);
    return { kind: 'restored', node: 'kept' };
  }

  #giveBack(node: NodeFacts): Outcome {
    if (node.unschedulableOwner !== fieldManagers.isolation || !isolationMark(node)) {
      this.wrongs.push('undid a cordon that was not ours');
    }
    const { [marks.isolation]: _, ...others } = node.marks;
    this.node = { ...node, unschedulable: false, marks: others };
    this.returns += 1;
    return { kind: 'restored', node: 'returned' };
  }
}

function purposeOf({ node, outcome }: Ending): Purpose {
  if (node === 'keep') return 'keep';
  return outcome === 'repaired' || outcome === 'recovered' ? 'return' : 'undo';
}
