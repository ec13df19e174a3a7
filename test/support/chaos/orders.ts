/** How a test tells an engine under test, which is another process, where to die or to stop for a while. */
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The environment variable that names the folder of the two files below. */
export const folderVariable = 'SLIPWAY_TEST_ORDERS';

/** `crash`: kill -9 by itself. `hold`: go on only when the order is gone. */
export type Order = {
  readonly node: string;
  readonly point: string;
  readonly act: 'crash' | 'hold';
};

/** `atOnce`: the call answers from memory, so that an engine cannot be held there, only killed. */
export type Reached = {
  readonly node: string;
  readonly point: string;
  readonly at: number;
  readonly atOnce?: true;
};

export function readOrders(folder: string): readonly Order[] {
  return JSON.parse(readFileSync(ordersFile(folder), 'utf8')) as Order[];
}

export function noteReached(folder: string, reached: Reached): void {
  appendFileSync(reachedFile(folder), `${JSON.stringify(reached)}\n`);
}

/** Every point that any engine of this folder came to, in order. */
export function readReached(folder: string): readonly Reached[] {
  const lines = readFileSync(reachedFile(folder), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Reached);
}

/** Makes the folder's files. */
export function prepareOrders(folder: string): void {
  giveOrders(folder, []);
  writeFileSync(reachedFile(folder), '');
}

/** Replaces all orders at once. */
export function giveOrders(folder: string, orders: readonly Order[]): void {
  const draft = `${ordersFile(folder)}.draft`;
  writeFileSync(draft, JSON.stringify(orders));
  renameSync(draft, ordersFile(folder));
}

function ordersFile(folder: string): string {
  return join(folder, 'orders.json');
}
function reachedFile(folder: string): string {
  return join(folder, 'reached.jsonl');
}
