/** What the screens say of a hub that answers and lacks what Slipway keeps there, or holds what nobody can read. */
import { describe, expect, test } from 'vitest';
import { cli, jsonOf } from '../../support/cli.ts';
import { policyFile, useLoop } from '../../support/loop.ts';

const loop = useLoop({
  mode: 'act',
  nodes: 3,
  policies: policyFile([{ name: 'kernel', checks: ['KernelDeadlock'] }]),
});

function codes(unread: readonly { readonly code: string }[]): readonly string[] {
  return unread.map(({ code }) => code);
}

async function finding(about: string) {
  const { findings } = await jsonOf('Examination', ['doctor', ...here()]);
  return findings.find((one) => one.about === about);
}

function here(): string[] {
  return ['--data-dir', loop().stack.dataDir];
}

/** One story: each case finds what the one before left. */
describe('the hub', () => {
  test('holds a record and a journal line that nobody can read: each screen says so', async () => {
    const { cluster, hub } = loop();
    await hub.jetstream.publish(`$KV.episodes.${cluster}.junk`, '{"version":9}');
    await hub.jetstream.publish(`journal.${cluster}.junk`, 'no journal line');
    expect(await finding('Node records')).toMatchObject({
      grade: 'bad',
      what: 'cannot be read by this version and are left as they are: junk',
    });
    const status = await jsonOf('Status', ['status', ...here()]);
    expect(status.exit).toBe(6);
    expect(codes(status.unread)).toContain('SLP-204');
    const list = await jsonOf('RepairList', ['repairs', 'list', '--all', ...here()]);
    expect(codes(list.unread)).toEqual(['SLP-204']);
  });

  test('lacks streams, and no engine runs: each is named, and so is what makes them', async () => {
    await loop().stack.child('engine').stop();
    const names = ['FAULTS', 'JOURNAL', 'DEAD', 'KV_guard', 'KV_episodes'];
    for (const name of names) await loop().hub.manager.streams.delete(name);
    const status = await jsonOf('Status', ['status', ...here()]);
    expect(new Set(codes(status.unread))).toEqual(new Set(['SLP-206']));
    const said = status.unread.map(({ what }) => what).join('\n');
    for (const name of ['FAULTS', 'DEAD', 'KV_guard']) expect(said).toContain(`stream ${name}`);
    expect(said).not.toContain('jetstream is not enabled');
    const list = await cli(['repairs', 'list', '--all', ...here()]);
    expect(list).toMatchObject({ code: 1 });
    expect(list.err).toContain('stream JOURNAL');
    expect(await finding('Streams')).toMatchObject({
      what: `not there: ${names.join(', ')}`.replace(
        'KV_guard, KV_episodes',
        'KV_episodes, KV_guard',
      ),
      advice: expect.stringContaining('Start an engine') as string,
    });
  });

  test('has them again once an engine runs', async () => {
    await loop().stack.startEngine('act');
    await loop().until('nothing is missing', async () => {
      const streams = await finding('Streams');
      return streams?.what.startsWith('not there') ? undefined : true;
    });
    const node = loop().takeNode();
    await loop().fail(node);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
  });
});
