/** The five stories of the demo, as data: what happens to each machine, and what the logs must prove in the end. */
import type { Outcome } from '../domain/vocabulary/repair.ts';
import type { Behaviour } from '../schemas/local/hardware.ts';

export type Scenario = {
  /** Stable: the name in the demo's JSON. */
  readonly name: string;
  readonly letter: string;
  readonly title: string;
  /** Which of the demo's nodes. */
  readonly index: number;
  readonly behaviour?: Behaviour;
  /** Pods of this node that a disruption budget keeps where they are. */
  readonly guardedApp?: string;
  /** What somebody does once the budget has refused an eviction. */
  readonly onBlocked?: 'clear-fault' | 'cancel';
  readonly expected: {
    readonly outcome: Outcome;
    /** The resets that the BMC must have been asked for, in order and no other. */
    readonly resets: readonly string[];
  };
};

/** The story that ends with a person, and so with a ticket. */
export const handedOverScenario = 'beyond-repair';
export const faultyCheck = 'KernelDeadlock';
const bootMs: readonly [number, number] = [1_500, 2_500];

export const scenarios: readonly Scenario[] = [
  {
    name: 'healed-by-reboot',
    letter: 'a',
    title: 'kernel deadlock, healed by a reboot',
    index: 2,
    behaviour: { bootMs: [...bootMs] },
    expected: { outcome: 'repaired', resets: ['GracefulRestart'] },
  },
  {
    name: 'healed-by-power-cycle',
    letter: 'b',
    title: 'reboot accepted, nothing happens; power cycle',
    index: 5,
    behaviour: { bootMs: [...bootMs], ignores: ['GracefulRestart'] },
    expected: { outcome: 'repaired', resets: ['GracefulRestart', 'PowerCycle'] },
  },
  {
    name: handedOverScenario,
    letter: 'c',
    title: 'beyond repair, handed to a person',
    index: 8,
    behaviour: { bootMs: [...bootMs], keepsProblems: true },
    expected: { outcome: 'escalated', resets: ['GracefulRestart', 'PowerCycle'] },
  },
  {
    name: 'fault-clears-by-itself',
    letter: 'd',
    title: 'fault clears while a budget holds its pods',
    index: 18,
    guardedApp: 'ledger',
    onBlocked: 'clear-fault',
    expected: { outcome: 'recovered', resets: [] },
  },
  {
    name: 'cancelled-while-migrating',
    letter: 'e',
    title: 'cancelled by a person while migrating',
    index: 19,
    guardedApp: 'vault',
    onBlocked: 'cancel',
    expected: { outcome: 'cancelled', resets: [] },
  },
];
