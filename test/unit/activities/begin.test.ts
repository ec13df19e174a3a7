/** The first steps of a repair, before its workflow: what they leave behind, and that taking them twice is taking them once. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { begin } from '../../../activities/begin.ts';
import { isolationMark } from '../../../domain/marks.ts';
import type { Begun } from '../../../domain/repair/begun.ts';
import { fakeWorld } from '../../support/fakes/ports.ts';
import { unreadable } from '../../support/fakes/kube.ts';
import { opening, repairId } from '../../support/given.ts';
import { nodeFacts } from '../../support/nodes.ts';
import { sampleNode } from '../../support/samples.ts';

/** Each command with what came of it, as the journal will tell it. */
function told({ book }: Begun): readonly (readonly string[])[] {
  return book.backlog.ready.map(({ command, events }) => [
    command.kind,
    ...events.map(({ kind }) => kind),
  ]);
}

const isolated = [['open'], ['requestPermit', 'permitGranted'], ['isolate', 'isolated']];

describe('given a sick node', () => {
  test('it is permitted and isolated, and the journal tells both in their order', async () => {
    const { ports, kube } = await fakeWorld();
    const begun = await begin(ports, opening());
    expect(isolationMark(kube.node(sampleNode)!)?.repair).toBe(repairId);
    expect(await ports.guard.holds(repairId)).toEqual({ ok: true, value: true });
    expect(told(begun)).toEqual(isolated);
    expect(begun.book.sequence).toBe(3);
    expect(begun.state).toMatchObject({ phase: 'tagging', permit: true, isolated: true });
  });

  test('begun again, it finds its permit and its mark, and cordons nothing', async () => {
    const { ports, kube, ledger } = await fakeWorld();
    await begin(ports, opening());
    const { resourceVersion } = kube.node(sampleNode)!;
    const writes = ledger.writes();
    expect(told(await begin(ports, opening()))).toEqual(isolated);
    expect(kube.node(sampleNode)?.resourceVersion).toBe(resourceVersion);
    expect(ledger.writes()).toBe(writes);
  });

  test('observe mode leaves everything to be decided and touches nothing', async () => {
    const { ports, kube, ledger } = await fakeWorld();
    const { resourceVersion } = kube.node(sampleNode)!;
    const begun = await begin(ports, opening({ mode: 'observe' }));
    expect(told(begun)).toEqual([['open']]);
    expect(kube.node(sampleNode)?.resourceVersion).toBe(resourceVersion);
    expect(ledger.writes()).toBe(0);
  });
});

describe('given a reason not to isolate', () => {
  test('a refused permit goes along with the workflow, which waits', async () => {
    const { ports, kube, ledger } = await fakeWorld();
    ledger.cut();
    const begun = await begin(ports, opening());
    expect(told(begun)).toEqual([['open'], ['requestPermit', 'permitRefused']]);
    expect(begun.state.refused?.reason).toBe('ledger-unreadable');
    expect(kube.node(sampleNode)?.unschedulable).toBe(false);
  });

  test('a machine that cannot be asked is left to the workflow, and the permit with it', async () => {
    const { ports, kube, driver } = await fakeWorld();
    driver.fitness(() => ({ result: 'not-tried', detail: 'busy' }));
    const begun = await begin(ports, opening());
    expect(told(begun)).toEqual([['open'], ['requestPermit', 'permitGranted']]);
    expect(kube.node(sampleNode)?.unschedulable).toBe(false);
  });

  test('a machine that is another one is never isolated', async () => {
    const { ports, kube, driver } = await fakeWorld();
    driver.fitness(() => ({ result: 'rejected', detail: 'no', code: 'wrong-machine' }));
    const begun = await begin(ports, opening());
    expect(told(begun)).toEqual([['open'], ['requestPermit', 'preflightFailed']]);
    expect(kube.node(sampleNode)?.unschedulable).toBe(false);
  });

  test('a pause is seen by the look', async () => {
    const { ports, kube } = await fakeWorld();
    kube.pause(true);
    const begun = await begin(ports, opening());
    expect(told(begun).at(-1)).toEqual(['isolate', 'refused']);
    expect(begun.state.refused?.reason).toBe('paused');
    expect(kube.node(sampleNode)?.unschedulable).toBe(false);
  });

  test('a pause that is set while the machine is still read is seen', async () => {
    const { ports, kube, driver, pass } = await fakeWorld();
    driver.fitness(() => {
      kube.pause(true);
      pass(1_000);
      return { result: 'ready' };
    });
    const begun = await begin(ports, opening());
    expect(begun.state.refused?.reason).toBe('paused');
    expect(kube.node(sampleNode)?.unschedulable).toBe(false);
  });

  test("a person's cordon ends it", async () => {
    const node = nodeFacts({ unschedulable: true, unschedulableOwner: 'kubectl-cordon' });
    const { ports } = await fakeWorld(node);
    const begun = await begin(ports, opening());
    expect(begun.state.lost?.reason).toBe('cordoned-by-other');
  });

  test('a node that cannot be read is not isolated', async () => {
    const { ports, kube } = await fakeWorld();
    kube.blind();
    kube.answer('readNode', unreadable('node-unreadable'));
    const begun = await begin(ports, opening());
    expect(begun.state.refused?.reason).toBe('node-unreadable');
    expect(kube.node(sampleNode)?.unschedulable).toBe(false);
  });
});

describe('given a neighbour that never answers', () => {
  afterEach(() => void vi.useRealTimers());

  test('the workflow is given a failed step, and asks by itself', async () => {
    const { ports } = await fakeWorld();
    vi.useFakeTimers();
    const guard = { ...ports.guard, request: () => new Promise<never>(() => undefined) };
    const beginning = begin({ ...ports, guard }, opening());
    await vi.advanceTimersByTimeAsync(15_000);
    const begun = await beginning;
    expect(told(begun).at(-1)).toEqual(['requestPermit', 'failed']);
    expect(begun.state.refused?.reason).toBe('ledger-unreadable');
  });
});

describe('given a step that throws', () => {
  test('the workflow goes on from a failed step, and a cordon that may have been sent is in doubt', async () => {
    const { ports, kube } = await fakeWorld();
    kube.before('isolate', () => {
      throw new Error('a defect');
    });
    const begun = await begin(ports, opening());
    expect(told(begun).at(-1)).toEqual(['isolate', 'failed']);
    expect(begun.state.doubtful).toBe(true);
  });
});
