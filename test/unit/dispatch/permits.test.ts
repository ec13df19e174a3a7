/** Who is woken when a permit came free. That waiting repairs get it is in test/e2e. */
import { expect, test } from 'vitest';
import { createPermits } from '../../../dispatch/permits.ts';
import type { EpisodeRecord } from '../../../domain/dispatch/types.ts';
import type { GuardRecord } from '../../../schemas/wire/guardRecord.ts';

type Options = Parameters<typeof createPermits>[0];
type Listener = Parameters<Options['bucket']['watch']>[0];

function ledger(...repairIds: string[]): GuardRecord {
  return {
    kind: 'ledger',
    ledger: {
      version: 1,
      permits: repairIds.map((repairId) => ({
        repairId,
        node: repairId,
        nodeUid: '',
        grantedAt: 0,
      })),
    },
  };
}

function waiter(repairId: string, since: number): GuardRecord {
  return {
    kind: 'waiter',
    repairId,
    node: repairId,
    reason: 'budget-full',
    since,
  };
}

async function start() {
  const woken: string[] = [];
  let tell: Listener = () => undefined;
  const bucket = { watch: async (listener: Listener) => void (tell = listener) };
  const records = { get: (node: string) => ({ node }) as EpisodeRecord };
  const voice = { tell: async ({ node }: EpisodeRecord) => void woken.push(node) };
  const permits = createPermits({ bucket, records, voice } as unknown as Options);
  await permits.follow(new AbortController().signal);
  let revision = 0;
  const put = (key: string, value: GuardRecord): void =>
    tell({ kind: 'found', key, value, revision: (revision += 1) });
  return { woken, put };
}

test('the longest waiting are woken when a permit came free, and not when one was given', async () => {
  const { woken, put } = await start();
  put('ledger', ledger('a'));
  for (let at = 12; at > 0; at -= 1) put(`waiter.w${at}`, waiter(`w${at}`, at));
  put('ledger', ledger('a', 'b'));
  expect(woken).toEqual([]);
  put('ledger', ledger('b'));
  expect(woken).toEqual(['w1', 'w2', 'w3', 'w4', 'w5', 'w6', 'w7', 'w8', 'w9', 'w10']);
});

test('a repair that got its permit takes no waiting one’s place', async () => {
  const { woken, put } = await start();
  const served = Array.from({ length: 10 }, (_, at) => `s${at}`);
  for (const [at, repairId] of served.entries()) put(`waiter.${repairId}`, waiter(repairId, at));
  put('waiter.late', waiter('late', 100));
  put('ledger', ledger('a', ...served));
  put('ledger', ledger(...served));
  expect(woken).toEqual(['late']);
});
