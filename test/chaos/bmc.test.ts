/** The engine is stopped or killed around the call to a BMC: past its deadline nothing is sent, and never two resets. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { breakNode, endOf, resetsOf, untilEnded, wellEnded } from '../support/chaos/end.ts';
import type { Case, End } from '../support/chaos/end.ts';
import { readBmcCalls } from '../../embedded/oracle/index.ts';
import { healable, roomyPolicies } from '../support/chaos/policies.ts';
import { openSite, untilReached } from '../support/chaos/site.ts';
import type { Site } from '../support/chaos/site.ts';
import { until } from '../support/chaos/until.ts';

/** Each of the two answers of a call takes this long, so that there is time to stop in between. */
const slow = { bootMs: [300, 400] as [number, number], answersAfterMs: 1_200 };
const quick = { bootMs: slow.bootMs };
const callTimeoutMs = 3_000;
const beforeCall = 'before drivers.redfish.run in runRung';

let site: Site;
let names: string[];
beforeAll(async () => {
  site = await openSite({ policies: roomyPolicies, nodes: 6, replicas: 12 });
  names = (await site.stack.createNodes(6)).map(({ name }) => name);
  await site.stack.hardware.behave('*', quick);
}, 120_000);
afterAll(() => site?.close(), 60_000);

function breaking(node: string): Promise<Case> {
  return breakNode(site, { node, check: healable });
}

/** By an attempt: the look before the isolation does not count. */
async function untilCalled(node: string, method: 'GET' | 'POST'): Promise<void> {
  await until(`the BMC of ${node} was sent a ${method}`, async () => {
    const calls = await readBmcCalls(site.stack.state.bmc?.callLog ?? '');
    const [attemptedAt = Number.POSITIVE_INFINITY] = attemptsOf(node);
    return calls.some(
      (call) =>
        call.system === node && call.method === method && Date.parse(call.at) >= attemptedAt,
    );
  });
}

async function stoppedPastDeadline(): Promise<void> {
  const pausedAt = Date.now();
  await site.engine.pause();
  site.order();
  await until('the call is past its deadline', () => Date.now() - pausedAt > callTimeoutMs);
  site.engine.resume();
}

type Healed = {
  readonly end: End;
  readonly resets: readonly (string | null)[];
  readonly attempts: number;
};

async function healed(broken: Case): Promise<Healed> {
  await untilEnded(site, broken.node);
  return {
    end: await endOf(site, broken),
    resets: await resetsOf(site, broken.node),
    attempts: attemptsOf(broken.node).length,
  };
}

/** When the repair of a node came to its driver, once per attempt. */
function attemptsOf(node: string): readonly number[] {
  return site
    .reached()
    .flatMap((one) => (one.node === node && one.point === beforeCall ? [one.at] : []));
}

const byOneReset = { end: wellEnded, resets: ['GracefulRestart'] };

test('stopped before the call, it sends nothing past the deadline', async () => {
  const node = names[0]!;
  site.order({ node, point: beforeCall, act: 'hold' });
  const broken = await breaking(node);
  await untilReached(site, [{ node, point: beforeCall }]);
  await stoppedPastDeadline();
  expect(await healed(broken)).toEqual({ ...byOneReset, attempts: 2 });
  expect(await firstResetOf(node)).toBeGreaterThanOrEqual(attemptsOf(node)[1]!);
}, 60_000);

test('stopped between the look at the machine and the reset, it sends no reset past the deadline', async () => {
  const node = names[1]!;
  await site.stack.hardware.behave(node, slow);
  const broken = await breaking(node);
  await untilCalled(node, 'GET');
  await stoppedPastDeadline();
  await site.stack.hardware.behave(node, quick);
  expect(await healed(broken)).toEqual({ ...byOneReset, attempts: 2 });
  expect(await firstResetOf(node)).toBeGreaterThanOrEqual(attemptsOf(node)[1]!);
}, 60_000);

test('stopped between the reset and its answer, it does not reset again', async () => {
  const node = names[2]!;
  await site.stack.hardware.behave(node, slow);
  const broken = await breaking(node);
  await untilCalled(node, 'POST');
  await stoppedPastDeadline();
  expect(await healed(broken)).toEqual({ ...byOneReset, attempts: 1 });
}, 60_000);

test('killed between the reset and its answer, it finds the new boot and does not reset again', async () => {
  const node = names[3]!;
  await site.stack.hardware.behave(node, slow);
  const broken = await breaking(node);
  await untilCalled(node, 'POST');
  site.engine.kill('SIGKILL');
  await site.engine.ended();
  await site.engine.start();
  expect(await healed(broken)).toEqual({ ...byOneReset, attempts: 1 });
}, 60_000);

test('killed between the reset and its answer while the machine stays down, it ends one attempt higher', async () => {
  const node = names[4]!;
  await site.stack.hardware.behave(node, { ...slow, ignores: ['GracefulRestart'] });
  const broken = await breaking(node);
  await untilCalled(node, 'POST');
  site.engine.kill('SIGKILL');
  await site.engine.ended();
  await site.stack.hardware.behave(node, quick);
  await site.engine.start();
  const resets = ['GracefulRestart', 'GracefulRestart'];
  expect(await healed(broken)).toEqual({ end: wellEnded, resets, attempts: 2 });
}, 60_000);

async function firstResetOf(node: string): Promise<number> {
  const calls = await readBmcCalls(site.stack.state.bmc?.callLog ?? '');
  const first = calls.find(({ system, resetType }) => system === node && resetType !== null);
  return Date.parse(first?.at ?? '');
}
