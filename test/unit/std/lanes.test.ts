import { describe, expect, it } from 'vitest';
import { makeLanes } from '../../../std/lanes.ts';

describe('lanes', () => {
  it('keep the order within a lane and never wait for another lane', async () => {
    const lanes = makeLanes();
    const gate = Promise.withResolvers<void>();
    const log: string[] = [];
    lanes.run('a', async () => {
      await gate.promise;
      log.push('a1');
    });
    lanes.run('a', async () => {
      log.push('a2');
    });
    const other = Promise.withResolvers<void>();
    lanes.run('b', async () => {
      log.push('b1');
      other.resolve();
    });
    await other.promise;
    expect(log).toEqual(['b1']);
    gate.resolve();
    await lanes.idle();
    expect(log).toEqual(['b1', 'a1', 'a2']);
  });

  it('are idle only after work that was given while waiting', async () => {
    const lanes = makeLanes();
    const log: string[] = [];
    lanes.run('a', async () => {
      await Promise.resolve();
      lanes.run('a', async () => {
        await Promise.resolve();
        log.push('late');
      });
    });
    await lanes.idle();
    expect(log).toEqual(['late']);
  });
});
