/** Stands in for `activities/` in an engine under test: the same steps, with points around what they do. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { begin as realBegin } from '../../../activities/begin.ts';
import * as real from '../../../activities/index.ts';
import type { Ports } from '../../../activities/ports.ts';
import type { Step } from '../../../domain/repair/step.ts';
import { pointed, reach } from './points.ts';

type Running = { readonly activity: string; readonly node: string };
type Call = (...args: readonly unknown[]) => unknown;
type Activity = (step: Step, ...rest: readonly unknown[]) => Promise<unknown>;

const running = new AsyncLocalStorage<Running>();

export function createRepairActivities(ports: Ports): real.RepairActivities {
  return watched(real.createRepairActivities(withPoints('', ports)));
}

export function createMoveActivities(ports: Ports): real.MoveActivities {
  return watched(real.createMoveActivities(withPoints('', ports)));
}

export const begin: typeof realBegin = (ports, opening) => {
  const { node } = opening;
  return running.run({ activity: 'begin', node }, async () => {
    const begun = await realBegin(withPoints('', ports), opening);
    await reach(node, 'begin returned');
    return begun;
  });
};

/** Every function in this tree of ports, each known by its path: `kube.isolate`, `drivers.redfish.run`. */
function withPoints<T extends object>(path: string, ports: T): T {
  const members = Object.entries(ports).map(([name, member]: [string, unknown]) => {
    const place = path ? `${path}.${name}` : name;
    if (typeof member === 'function') return [name, withPoint(place, member as Call)];
    return [name, typeof member === 'object' && member ? withPoints(place, member) : member];
  });
  return Object.fromEntries(members) as T;
}

function withPoint(name: string, call: Call): Call {
  return pointed(call, () => {
    const within = running.getStore();
    return within && { node: within.node, point: `${name} in ${within.activity}` };
  });
}

function watched<A extends object>(activities: A): A {
  const entries = Object.entries(activities).map(([activity, run]: [string, Activity]) => {
    const wrapped: Activity = (step, ...rest) => {
      const { node } = step.opening;
      return running.run({ activity, node }, async () => {
        const answer = await run(step, ...rest);
        await reach(node, `${activity} returned`);
        return answer;
      });
    };
    return [activity, wrapped];
  });
  return Object.fromEntries(entries) as A;
}
