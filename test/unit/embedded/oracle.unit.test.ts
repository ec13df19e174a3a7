/** What the oracle makes of awkward logs. A real one: test/int/embedded/oracle.int.test.ts. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isolations, readWrites, turns } from '../../../embedded/oracle/index.ts';
import { makeTestDir } from '../../support/stack.ts';

type Line = {
  readonly revision: number;
  readonly cordoned: boolean;
  readonly user?: string;
  readonly uid?: string;
  readonly status?: number;
};

function line({ revision, cordoned, user = 'slipway-actor', uid = 'u1', status = 200 }: Line) {
  return JSON.stringify({
    kind: 'Event',
    auditID: `a${revision}`,
    stage: 'ResponseComplete',
    verb: 'patch',
    user: { username: user },
    objectRef: { resource: 'nodes', name: 'n1' },
    responseStatus: { code: status },
    responseObject: {
      metadata: { name: 'n1', uid, resourceVersion: `${revision}` },
      spec: { unschedulable: cordoned },
      status: { nodeInfo: { bootID: 'b', systemUUID: 's' } },
    },
    requestReceivedTimestamp: '2026-01-01T00:00:00.000001Z',
    stageTimestamp: '2026-01-01T00:00:00.123456Z',
  });
}

async function readLog(text: string) {
  const folder = await makeTestDir();
  try {
    await writeFile(join(folder, 'audit.log'), text);
    return await readWrites(join(folder, 'audit.log'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('what came first is told by the revision, not by the order of the lines', async () => {
  const writes = await readLog(
    [
      line({ revision: 3, cordoned: false, user: 'person-alice' }),
      line({ revision: 2, cordoned: true }),
      line({ revision: 4, cordoned: true }),
    ].join('\n'),
  );
  expect(turns(writes).map(({ user, to }) => `${user} ${to}`)).toEqual([
    'slipway-actor cordoned',
    'person-alice uncordoned',
    'slipway-actor cordoned',
  ]);
});

test('a refused write isolates nothing, and a new node of the same name begins anew', async () => {
  const writes = await readLog(
    [
      line({ revision: 2, cordoned: true, status: 409 }),
      line({ revision: 3, cordoned: true }),
      line({ revision: 4, cordoned: true, uid: 'u2' }),
    ].join('\n'),
  );
  expect(isolations(writes).map(({ nodeUid }) => nodeUid)).toEqual(['u1', 'u2']);
});

test('times keep their microseconds', async () => {
  const [write] = await readLog(line({ revision: 2, cordoned: true }));
  expect((write?.answeredAtMs ?? 0) - (write?.receivedAtMs ?? 0)).toBeCloseTo(123.455, 3);
});

test('a line that a killed server left without its end hides no whole event', async () => {
  const whole = line({ revision: 2, cordoned: true });
  const writes = await readLog(`${whole.slice(0, 60)}${whole}\n${whole.slice(0, 80)}`);
  expect(isolations(writes)).toHaveLength(1);
});
