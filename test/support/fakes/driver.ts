/** A machine in memory behind a driver: it answers as it is told and counts what it was told to do. */
import type { Driver, Fitness, RungRequest, RungResult } from '../../../drivers/port.ts';

export type FakeDriver = {
  readonly driver: Driver;
  /** What it was told to do, oldest first. */
  readonly acts: readonly RungRequest[];
  /** What it was asked about before an act, oldest first. */
  readonly looks: readonly (RungRequest & { readonly asIs: boolean })[];
  readonly fitness: (of: (request: RungRequest) => Fitness) => void;
  readonly result: (of: (request: RungRequest) => RungResult) => void;
};

export function fakeDriver(name: Driver['name'], clock: () => number): FakeDriver {
  const acts: RungRequest[] = [];
  const looks: (RungRequest & { readonly asIs: boolean })[] = [];
  let fitness: (request: RungRequest) => Fitness = () => ({ result: 'ready' });
  let result: (request: RungRequest) => RungResult = ({ rung }) => ({
    result: 'done',
    detail: `${rung.action}: done`,
  });
  return {
    driver: {
      name,
      preflight: async (request, { asIs }) => {
        looks.push({ ...request, asIs });
        return fitness(request);
      },
      run: async (request, signal) => {
        if (signal.aborted) return { result: 'not-tried', detail: 'called off' };
        if (clock() >= request.deadlineAt) return { result: 'not-tried', detail: 'too late' };
        acts.push(request);
        return result(request);
      },
    },
    acts,
    looks,
    fitness: (of) => void (fitness = of),
    result: (of) => void (result = of),
  };
}
