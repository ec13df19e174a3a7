/** How the parts of an engine run and end. */
import { expect, test } from 'vitest';
import { runParts } from '../../../engine/parts.ts';
import type { Part } from '../../../engine/parts.ts';
import { untilAborted } from '../../../std/untilAborted.ts';

function given(log: string[]): (name: string) => Part {
  return (name) => ({
    name,
    needsLead: false,
    run: async (signal) => {
      log.push(`${name} runs`);
      await untilAborted(signal);
      await new Promise(setImmediate);
      log.push(`${name} ended`);
    },
  });
}

test('parts start in their order and end in the reverse one, each after the one before it has ended', async () => {
  const log: string[] = [];
  const part = given(log);
  const end = new AbortController();
  const running = runParts([part('workers'), part('dispatch')], end.signal);
  end.abort();
  await running;
  expect(log).toEqual(['workers runs', 'dispatch runs', 'dispatch ended', 'workers ended']);
});

test('a part that rejects ends the others, and its reason is told', async () => {
  const log: string[] = [];
  const broken: Part = {
    name: 'broken',
    needsLead: false,
    run: () => Promise.reject(new Error('a defect')),
  };
  const running = runParts([given(log)('workers'), broken], new AbortController().signal);
  await expect(running).rejects.toThrow('a defect');
  expect(log).toEqual(['workers runs', 'workers ended']);
});

test('a part that is done leaves the others running', async () => {
  const log: string[] = [];
  const end = new AbortController();
  const done: Part = { name: 'done', needsLead: false, run: () => Promise.resolve() };
  const running = runParts([given(log)('workers'), done], end.signal);
  await new Promise(setImmediate);
  expect(log).toEqual(['workers runs']);
  end.abort();
  await running;
});
