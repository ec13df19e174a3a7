/** Every command against real servers, as a person runs it. The screens' looks are left to `test/unit/cli`. */
import { execFile } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { cli, jsonOf, outputOf, spawned } from '../../support/cli.ts';
import { expectKind } from '../../support/hub.ts';
import { policyFile, reboot, useLoop, viewNode } from '../../support/loop.ts';
import { deployOn, liftBudget } from '../../support/pods.ts';
import { faultEvent } from '../../support/samples.ts';
import { publishDead } from '../../../event-hub/dead.ts';
import { readDead, readFaults } from '../../../event-hub/index.ts';
import { faultSubject } from '../../../event-hub/subjects.ts';
import { formatFaultEvent } from '../../../schemas/wire/faultEvent.ts';

const run = promisify(execFile);

const loop = useLoop({
  mode: 'act',
  nodes: 14,
  policies: policyFile([
    { name: 'kernel', checks: ['KernelDeadlock'], soak: '5m' },
    { name: 'person', checks: ['ReadonlyFilesystem'], soak: '5m', ladder: [reboot] },
  ]),
});

const act = ['--reason', 'the test says so', '--yes'];

/** Puts a node into migration, where two pods keep it. Answers the repair's id. */
async function untilBlocked(node: string): Promise<string> {
  await deployOn(loop(), node, { minAvailable: 2 });
  const injected = await cli(['inject', node, 'KernelDeadlock', ...act, ...here()]);
  expect(injected).toMatchObject({ code: 0, err: '' });
  const { repairId } = await loop().state(node, ({ pods }) => pods.blockers.length === 2);
  return repairId;
}

function here(): string[] {
  return ['--data-dir', loop().stack.dataDir];
}

describe.concurrent('the command line', () => {
  test('status tells mode, engine and budget, and which processes live', async () => {
    const status = await jsonOf('Status', ['status', ...here()]);
    expect(status).toMatchObject({ exit: 0, unread: [], header: { mode: 'act' } });
    expect(status.header.cluster?.id).toBe(loop().cluster);
    expect(Date.now() - (status.header.engine?.seenAt ?? 0)).toBeLessThan(30_000);
    expect(status.budgets?.[0]).toMatchObject({ policies: ['kernel', 'person'], nodes: 14 });
    expect(status.processes?.filter(({ alive }) => !alive)).toEqual([]);
    expect(status.processes?.map(({ name }) => name)).toContain('engine');
  });

  test('a repair is injected, listed, explained, watched to its end and replayed', async () => {
    const node = loop().takeNode();
    const id = await untilBlocked(node);
    const list = await jsonOf('RepairList', ['repairs', 'list', ...here()]);
    expect(list.repairs.find(({ repairId }) => repairId === id)).toMatchObject({
      node,
      phase: 'migrating',
      check: 'KernelDeadlock',
    });
    const why = await jsonOf('Why', ['why', node, ...here()]);
    expect(why.why.map(({ code }) => code)).toContain('budget-blocks');
    expect(why.why.at(-1)?.lookAgainAt).toBeGreaterThan(why.header.asOf - 10_000);
    const shown = await jsonOf('Repair', ['repairs', 'show', id, ...here()]);
    expect(shown.pods?.blockers).toHaveLength(2);
    const watching = cli(['repairs', 'watch', id, ...here()]);
    await liftBudget(loop(), node);
    const watched = await watching;
    expect(watched.code).toBe(0);
    expect(watched.out).toMatch(/all pods moved(.|\n)*reboot, attempt 1: done(.|\n)*closed\n$/);
    const replay = await jsonOf('Replay', ['repairs', 'replay', id, ...here()]);
    expect(replay.decisions.length).toBeGreaterThan(5);
    expect(replay.different).toBe(0);
  });

  test('a cancel is confirmed, and the repair can be run again with the name of who did it', async () => {
    const node = loop().takeNode();
    const id = await untilBlocked(node);
    const dry = await cli(['repairs', 'cancel', id, '--reason', 'x', '--dry-run', ...here()]);
    expect(dry).toMatchObject({ code: 0 });
    expect(dry.out).toContain(`Would cancel repair ${id} as person-alice`);
    expect((await loop().state(node, () => true)).cancel).toBeUndefined();
    const cancelled = await jsonOf('Cancellation', ['repairs', 'cancel', id, ...act, ...here()]);
    expect(cancelled).toMatchObject({ exit: 0, confirmed: true, by: { name: 'person-alice' } });
    expect(await loop().ended(node)).toMatchObject({ repairId: id, outcome: 'cancelled' });
    expect(await cli(['repairs', 'cancel', id, ...act, ...here()])).toMatchObject({ code: 1 });
    await liftBudget(loop(), node);
    const again = await jsonOf('RepairAgain', ['repairs', 'rerun', id, ...act, ...here()]);
    expect(again).toMatchObject({ exit: 0, node, after: { repairId: id, firstRung: 0 } });
    expect(await loop().ended(node, 2)).toMatchObject({
      repairId: again.repairId,
      outcome: 'repaired',
    });
    const late = await cli(['repairs', 'rerun', id, ...act, ...here()]);
    expect(late).toMatchObject({ code: 1 });
    expect(late.err).toContain('SLP-502');
  });

  test('a handed-over repair has nothing to continue with, but can be run again', async () => {
    const node = loop().takeNode();
    await loop().stack.hardware.behave(node, { bootMs: [500, 1_000], keepsProblems: true });
    await cli(['inject', node, 'ReadonlyFilesystem', ...act, ...here()]);
    const { repairId, outcome } = await loop().ended(node);
    expect(outcome).toBe('escalated');
    const onward = await cli(['repairs', 'continue', repairId, ...act, ...here()]);
    expect(onward).toMatchObject({ code: 1 });
    expect(onward.err).toContain('SLP-508');
    const again = await jsonOf('RepairAgain', ['repairs', 'rerun', repairId, ...act, ...here()]);
    expect(await loop().ended(node, 2)).toMatchObject({
      repairId: again.repairId,
      outcome: 'escalated',
    });
    const { marks, unschedulable } = await viewNode(loop(), node);
    expect(unschedulable).toBe(true);
    expect(JSON.parse(marks['slipway.dev/isolation']!)).toMatchObject({ repair: again.repairId });
  });

  test('a node on hold is left alone, and given back', async () => {
    const node = loop().takeNode();
    expect(await jsonOf('Hold', ['hold', node, ...act, ...here()])).toMatchObject({ exit: 0 });
    await loop().fail(node);
    await loop().ignored(node, 'held');
    const why = await jsonOf('Why', ['why', node, ...here()]);
    expect(why.why.map(({ code }) => code)).toEqual(['held', 'held']);
    const line = loop()
      .lines(node)
      .find(({ command }) => command.kind === 'hold');
    expect(line).toMatchObject({ by: 'person-alice', reason: 'the test says so' });
    expect(await jsonOf('Unhold', ['unhold', node, ...act, ...here()])).toMatchObject({ exit: 0 });
    expect((await viewNode(loop(), node)).marks['slipway.dev/hold']).toBeUndefined();
    const nothing = await jsonOf('NothingToDo', ['unhold', node, ...act, ...here()]);
    expect(nothing.exit).toBe(0);
  });

  test('the printed commands take a node back by hand', async () => {
    const node = loop().takeNode();
    const id = await untilBlocked(node);
    const { takeBack } = await jsonOf('Why', ['why', node, ...here()]);
    for (const command of takeBack) await run('sh', ['-c', command]);
    expect(await loop().ended(node)).toMatchObject({ repairId: id });
    const { unschedulable, marks } = await viewNode(loop(), node);
    expect(unschedulable).toBe(false);
    expect(marks['slipway.dev/hold']).toBe('taken back by hand');
  });

  test('faults are listed as the hub stored them', async () => {
    const node = loop().takeNode();
    await loop().stack.setCondition(node, { type: 'XfsShutdown', status: 'True' });
    const listed = await loop().until('the report is stored', async () => {
      const { reports } = await jsonOf('FaultList', ['faults', 'list', '--node', node, ...here()]);
      return reports.length > 0 ? reports : undefined;
    });
    expect(listed).toMatchObject([{ event: { node, check: 'XfsShutdown', verdict: 'faulty' } }]);
    await loop().ignored(node, 'no-policy');
    const why = await jsonOf('Why', ['why', node, ...here()]);
    expect(why.why.map(({ code }) => code)).toEqual(['no-policy']);
    await loop().stack.setCondition(node, { type: 'XfsShutdown', status: 'False' });
    const all = ['faults', 'list', '--node', node, '--all', '--limit', '1', ...here()];
    await loop().until('the recovery is stored, and one report is enough', async () => {
      const { reports } = await jsonOf('FaultList', all);
      return reports.length === 1 && reports[0]?.event['verdict'] === 'healthy'
        ? reports
        : undefined;
    });
  });

  test('what was set aside is listed, and handled again if it can be read, with nothing published', async () => {
    const { cluster, hub } = loop();
    const node = loop().takeNode();
    const { metadata, status } = (await loop().stack.node(node))!;
    const bootId = status.nodeInfo?.bootID ?? '';
    const of = { nodeUid: metadata.uid, bootId, check: 'Other' };
    const event = faultEvent({ cluster, node, ...of, verdict: 'healthy' });
    const subject = faultSubject({ ...event, node: 'another' });
    const text = formatFaultEvent(event);
    if (!text.ok) throw new Error(text.why);
    await hub.jetstream.publish(subject, text.value);
    await hub.jetstream.publish(subject, 'no JSON');
    const body = new TextEncoder().encode(text.value);
    const place = { cluster, subject: faultSubject(event), sequence: 1_000_000 };
    await publishDead(hub, { ...place, reason: 'handler-failed', detail: 'x', body });
    const letters = await loop().until('all are set aside', async () => {
      const read = expectKind(await readDead(hub, cluster), 'read');
      return read.letters.length === 3 ? read.letters : undefined;
    });
    const numberOf = (reason: string): string =>
      String(letters.find((letter) => letter.reason === reason)?.deadSequence);
    const sound = numberOf('handler-failed');
    const sent = await jsonOf('Requeue', ['dead', 'requeue', sound, ...act, ...here()]);
    expect(sent).toMatchObject({ exit: 0, letters: [{ stored: true }] });
    await loop().until('dispatch has taken it in', async () => {
      const { checks } = await jsonOf('Why', ['why', node, ...here()]);
      return checks.some(({ check }) => check === 'Other') || undefined;
    });
    const published = expectKind(await readFaults(hub, { cluster, node, limit: 9 }), 'read');
    expect(published.reports).toEqual([]);
    for (const reason of ['wrong-subject', 'malformed']) {
      const refused = await cli(['dead', 'requeue', numberOf(reason), ...act, ...here()]);
      expect(refused).toMatchObject({ code: 6 });
    }
    const list = await jsonOf('DeadList', ['dead', 'list', ...here()]);
    expect(list.letters.filter(({ requeued }) => requeued)).toHaveLength(1);
    expect(await cli(['dead', 'requeue', '999', ...act, ...here()])).toMatchObject({ code: 5 });
  });

  test('nothing is injected into a cluster that is not the local stack', async () => {
    const { kubeconfigs } = loop().stack.state.kubernetes;
    const copy = join(loop().stack.dataDir, 'copy.kubeconfig');
    await copyFile(kubeconfigs.alice, copy);
    const node = loop().takeNode();
    const words = ['inject', node, 'KernelDeadlock', ...act, '--kubeconfig', copy];
    const refused = await cli([...words, ...here()]);
    expect(refused).toMatchObject({ code: 3, out: '' });
    expect(refused.err).toContain('SLP-503');
    const unknown = await cli(['inject', node, 'NoSuchCheck', ...act, ...here()]);
    expect(unknown).toMatchObject({ code: 2 });
  });

  test('what does not exist ends with 5', async () => {
    const nowhere = [
      ['why', 'no-such-node'],
      ['repairs', 'show', 'r-none'],
      ['repairs', 'watch', 'r-none'],
      ['repairs', 'replay', 'r-none'],
      ['repairs', 'cancel', 'r-none', ...act],
      ['repairs', 'rerun', 'r-none', ...act],
      ['hold', 'no-such-node', ...act],
      ['inject', 'no-such-node', 'KernelDeadlock', ...act],
    ];
    const ended = await Promise.all(nowhere.map((words) => cli([...words, ...here()])));
    expect(ended.map(({ code, out }) => [code, out])).toEqual(nowhere.map(() => [5, '']));
  });

  test('without a terminal nothing is asked and nothing is done', async () => {
    const node = loop().takeNode();
    const ended = await spawned(['hold', node, '--reason', 'x', ...here()]);
    expect(ended).toMatchObject({ code: 2, out: '' });
    expect(ended.err).toContain('SLP-003');
    expect((await viewNode(loop(), node)).marks).toEqual({});
  });

  test('the examination of a healthy local stack finds nothing bad', async () => {
    const ended = await spawned(['doctor', '-o', 'json', ...here()]);
    const { findings } = outputOf(ended, 'Examination');
    expect(findings.filter(({ grade }) => grade === 'bad')).toEqual([]);
    expect(ended.code).toBe(0);
  });
});
