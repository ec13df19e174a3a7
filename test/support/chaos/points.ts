/** The points of an engine under test: each is noted when it is reached, and obeys the test's orders. */
import { setTimeout as delay } from 'node:timers/promises';
import { folderVariable, noteReached, readOrders } from './orders.ts';
import type { Order } from './orders.ts';

const folder = process.env[folderVariable] ?? '';

/** The same function with a point before each call and one after its answer. */
export function pointed<A extends readonly unknown[], R>(
  call: (...args: A) => R,
  name: (...args: A) => { readonly node: string; readonly point: string } | undefined,
): (...args: A) => R {
  return (...args) => {
    const named = name(...args);
    if (!named) return call(...args);
    const { node, point } = named;
    const held = reach(node, `before ${point}`);
    const answer = held ? held.then(() => call(...args)) : call(...args);
    if (answer instanceof Promise) {
      return answer.then(async (value: unknown) => {
        await reach(node, `after ${point}`);
        return value;
      }) as R;
    }
    void reach(node, `after ${point}`, true);
    return answer;
  };
}

/** Answers with a promise only if the engine is to be held here, so that calls that answer at once still do. */
export function reach(node: string, point: string, atOnce = false): Promise<void> | undefined {
  noteReached(folder, { node, point, at: Date.now(), ...(atOnce && { atOnce }) });
  const order = orderFor(node, point);
  if (order?.act === 'crash') process.kill(process.pid, 'SIGKILL');
  return order?.act === 'hold' ? released(node, point) : undefined;
}

async function released(node: string, point: string): Promise<void> {
  while (orderFor(node, point)) await delay(5);
}

function orderFor(node: string, point: string): Order | undefined {
  return readOrders(folder).find((order) => order.node === node && order.point === point);
}
