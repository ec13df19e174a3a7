/** The Redfish driver before BMCs as vendors make them: the simulated one is the oracle of what was carried out. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RungRequest, RungResult } from '../../../drivers/port.ts';
import { createRedfishDriver } from '../../../drivers/redfish/driver.ts';
import { bmcCredentials, startBmc, type TestBmc } from '../../support/bmc.ts';
import {
  busy,
  noBasic,
  offers,
  sessionsAreFull,
  startQuirkyBmc,
  wantsSlash,
  withPower,
  withUuid,
  type Quirk,
  type QuirkyBmc,
} from '../../support/quirkyBmc.ts';
import { nodeFacts, sampleNode } from '../../support/samples.ts';
import { rungRequest } from './suite.ts';

const { systemUuid: uuid } = nodeFacts();
const elsewhere = 'http://127.0.0.1:1/redfish/v1/Systems/x';

let bmc: TestBmc;
let quirky: QuirkyBmc;
let inventoryFile: string;
beforeEach(async () => {
  bmc = await startBmc([{ id: sampleNode, node: sampleNode, uuid, behaviour: { bootMs: [0, 0] } }]);
  quirky = await startQuirkyBmc(bmc.url);
  inventoryFile = join(bmc.folder, 'inventory.yaml');
  const entry = { address: quirky.url, systemId: sampleNode, credentialsFile: 'bmc.yaml' };
  await writeFile(join(bmc.folder, 'bmc.yaml'), JSON.stringify(bmcCredentials), { mode: 0o600 });
  await writeFile(inventoryFile, JSON.stringify({ nodes: { [sampleNode]: entry } }));
});
afterEach(async () => {
  await quirky.stop();
  await bmc.stop();
});

const never = new AbortController().signal;

function run(
  quirk: Quirk,
  action = 'ForceRestart',
  changes: Partial<RungRequest> = {},
): Promise<RungResult> {
  quirky.become(quirk);
  return driver().run(rungRequest({ driver: 'redfish', action }, changes), never);
}

function driver() {
  return createRedfishDriver({ inventoryFile, clock: Date.now, onWarning: () => undefined });
}

function resets(): (string | null)[] {
  return bmc.calls().flatMap(({ resetType }) => (resetType === null ? [] : [resetType]));
}

describe('a redirect', () => {
  it.each([301, 302, 307, 308])(
    'by %i to a path of the same BMC is followed by a read',
    async (status) => {
      expect(await run(wantsSlash(status))).toMatchObject({ result: 'done' });
      expect(resets()).toEqual(['ForceRestart']);
    },
  );

  it.each([
    [
      'another address',
      elsewhere,
      /redirects to http:\/\/127\.0\.0\.1:1\S*, which is not this BMC/,
    ],
    ['nowhere', undefined, /redirects nowhere/],
    ['what is no address', 'http://[', /redirects to http:\/\/\[, which is not/],
  ])('to %s is refused', async (_what, location, why) => {
    const headers = location === undefined ? {} : { location };
    const answer = await run({ instead: () => ({ status: 308, headers }) });
    expect(answer).toMatchObject({
      result: 'rejected',
      detail: expect.stringMatching(why) as string,
    });
    expect(quirky.asked).toHaveLength(1);
  });

  it('that follows another one is refused', async () => {
    const answer = await run({
      instead: ({ path }) => ({ status: 308, headers: { location: `${path}/` } }),
    });
    expect(answer).toMatchObject({ result: 'rejected' });
    expect(answer.detail).toContain('after one redirect already');
    expect(quirky.asked).toHaveLength(2);
  });

  it.each([307, 308])('of the reset by %i means that nothing was carried out', async (status) => {
    const answer = await run({
      instead: ({ method, path }) =>
        method === 'POST' ? { status, headers: { location: `${path}/` } } : undefined,
    });
    expect(answer).toMatchObject({ result: 'rejected' });
    expect(resets()).toEqual([]);
  });

  it.each([301, 302, 303])('of the reset by %i may follow upon an act', async (status) => {
    const answer = await run({
      instead: ({ method }) =>
        method === 'POST' ? { status, headers: { location: '/redfish/v1/' } } : undefined,
    });
    expect(answer).toMatchObject({ result: 'unknown' });
    expect(quirky.asked.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });
});

describe('the power of the machine', () => {
  it('that is off is switched on, and the answer says so', async () => {
    const answer = await run(withPower('Off'), 'GracefulRestart');
    expect(answer).toMatchObject({ result: 'done' });
    expect(answer.detail).toMatch(/was off, so On was sent for GracefulRestart/);
    expect(resets()).toEqual(['On']);
  });

  it.each(['PoweringOn', 'PoweringOff', 'poweringon'])(
    'that is %s is left to settle',
    async (power) => {
      expect(await run(withPower(power))).toMatchObject({ result: 'not-tried' });
      expect(resets()).toEqual([]);
    },
  );

  it.each([null, undefined, 'Paused', 'Warming', ''])(
    'given as %j is no reason to hold back',
    async (power) => {
      expect(await run(withPower(power))).toMatchObject({ result: 'done' });
      expect(resets()).toEqual(['ForceRestart']);
    },
  );

  it('that is on cannot be switched on', async () => {
    expect(await run({}, 'On')).toMatchObject({ result: 'rejected' });
    expect(resets()).toEqual([]);
  });
});

describe('a BMC without basic authentication', () => {
  it('is spoken to in a session, which is closed afterwards', async () => {
    expect(await run(noBasic)).toMatchObject({ result: 'done' });
    expect(resets()).toEqual(['ForceRestart']);
    const closed = bmc.calls().filter(({ method }) => method === 'DELETE');
    expect(closed).toMatchObject([{ path: '/redfish/v1/SessionService/Sessions/1', answer: 204 }]);
  });

  it('is asked without a password the next time', async () => {
    const again = driver();
    quirky.become(noBasic);
    const request = rungRequest({ driver: 'redfish', action: 'ForceRestart' });
    await again.run(request, never);
    const before = quirky.asked.length;
    expect(await again.run(request, never)).toMatchObject({ result: 'done' });
    const later = quirky.asked.slice(before);
    expect(later.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  });

  it('and with a slash at the end of every path is spoken to as well', async () => {
    const slash = wantsSlash(308);
    const answer = await run({
      instead: (asked, base) => slash.instead!(asked, base) ?? noBasic.instead!(asked, base),
      system: slash.system!,
    });
    expect(answer).toMatchObject({ result: 'done' });
  });

  it('that has no session left is not tried', async () => {
    expect(await run(sessionsAreFull)).toMatchObject({
      result: 'not-tried',
      detail: expect.stringContaining('no session left') as string,
    });
  });

  it.each<[string, Quirk['instead'], RungResult['result']]>([
    ['refuses the password', () => ({ status: 401 }), 'rejected'],
    ['knows no sessions', ({ method }) => ({ status: method === 'POST' ? 404 : 401 }), 'rejected'],
    ['gives no token', ({ method }) => ({ status: method === 'POST' ? 201 : 401 }), 'rejected'],
    ['is busy', ({ method }) => ({ status: method === 'POST' ? 503 : 401 }), 'not-tried'],
    [
      'sends the login elsewhere',
      ({ method }) =>
        method === 'POST' ? { status: 308, headers: { location: elsewhere } } : { status: 401 },
      'rejected',
    ],
  ])('that %s is told apart', async (_what, instead, result) => {
    const answer = await run({ instead: instead! });
    expect(answer.result).toBe(result);
    expect(JSON.stringify(answer)).not.toContain(bmcCredentials.password);
  });
});

describe('what could not be sent', () => {
  it.each([
    ['seconds', 30_000, () => '30'],
    ['a date', 3_600_000, () => new Date(Date.now() + 3_600_000).toUTCString()],
  ])(
    'because the BMC is busy is not tried, and its Retry-After in %s is told',
    async (_in, ms, text) => {
      const answer = await run(busy(text()));
      expect(answer).toMatchObject({ result: 'not-tried' });
      const { retryAfterMs = 0 } = answer as { retryAfterMs?: number };
      expect(Math.abs(retryAfterMs - ms)).toBeLessThan(5_000);
    },
  );

  it.each([undefined, 'soon', ''])(
    'with a Retry-After of %j is not tried, without a time',
    async (text) => {
      expect(Object.keys(await run(busy(text)))).toEqual(['result', 'detail']);
    },
  );

  it.each([408, 429, 500, 502, 504])(
    'because a read was answered by %i is not tried',
    async (status) => {
      expect(await run({ instead: () => ({ status }) })).toMatchObject({ result: 'not-tried' });
    },
  );

  it('because a read timed out is not tried', async () => {
    const never1: Quirk = { instead: () => new Promise(() => undefined) as never };
    const answer = await run(never1, 'ForceRestart', { deadlineAt: Date.now() + 300 });
    expect(answer).toMatchObject({ result: 'not-tried' });
  });

  it.each(['', '<html>Starting</html>', '{"UUID":"4C4C'])(
    'because the document is %j is not tried',
    async (body) => {
      expect(await run({ instead: () => ({ status: 200, body }) })).toMatchObject({
        result: 'not-tried',
      });
    },
  );

  it('because the reset came too often is not tried', async () => {
    const answer = await run({
      instead: ({ method }) =>
        method === 'POST' ? { status: 429, headers: { 'retry-after': '7' } } : undefined,
    });
    expect(answer).toMatchObject({ result: 'not-tried', retryAfterMs: 7_000 });
  });
});

describe('a document', () => {
  it.each<[string, Quirk, string[]]>([
    ['whose UUID is in other letters', withUuid(uuid.toLowerCase()), ['ForceRestart']],
    ['that begins with a byte order mark', { text: (body) => `\uFEFF${body}` }, ['ForceRestart']],
    ['that lists no reset types', offers(undefined), ['ForceRestart']],
    ['that lists null', offers(null), ['ForceRestart']],
    ['with holes in its list', offers([null, 'ForceRestart']), ['ForceRestart']],
    [
      'whose reset target is a whole URL',
      {
        system: ({ Actions }, base) => {
          const reset = Actions!['#ComputerSystem.Reset'];
          reset.target = base + String(reset.target);
        },
      },
      ['ForceRestart'],
    ],
  ])('%s is read', async (_what, quirk, expected) => {
    expect(await run(quirk)).toMatchObject({ result: 'done' });
    expect(resets()).toEqual(expected);
  });

  it.each<[string, Quirk, RegExp]>([
    [
      'that sends resets elsewhere',
      {
        system: ({ Actions }) => {
          Actions!['#ComputerSystem.Reset'].target = elsewhere;
        },
      },
      /which is not this BMC/,
    ],
    [
      'without a reset',
      {
        system: (document) => {
          delete document.Actions;
        },
      },
      /offers no reset/,
    ],
    ['that offers nothing', offers([]), /does not offer ForceRestart; and no other reset/],
    ['without a UUID', withUuid(null), /UUID \(none\)/],
    ['with another UUID', withUuid('4C4C4544-0042-3510-8052-B4C04F313234'), /has UUID 4C4C/],
  ])('%s is refused', async (_what, quirk, why) => {
    const answer = await run(quirk);
    expect(answer).toMatchObject({
      result: 'rejected',
      detail: expect.stringMatching(why) as string,
    });
    expect(resets()).toEqual([]);
  });

  it('that offers no graceful restart is not answered with a forced one', async () => {
    const answer = await run(offers(['On', 'ForceOff', 'ForceRestart']), 'GracefulRestart');
    expect(answer).toMatchObject({
      result: 'rejected',
      detail: 'the BMC does not offer GracefulRestart; only On, ForceOff, ForceRestart',
    });
    expect(resets()).toEqual([]);
  });

  it.each([
    [['ForceRestart'], 'done'],
    [['On'], 'rejected'],
  ])('that lists %j in its ActionInfo is believed', async (types, result) => {
    const info = '/redfish/v1/Systems/x/ResetActionInfo';
    const answer = await run({
      instead: ({ path }) =>
        path === info
          ? { status: 200, body: { Parameters: [{ Name: 'ResetType', AllowableValues: types }] } }
          : undefined,
      system: ({ Actions }) => {
        const reset = Actions!['#ComputerSystem.Reset'];
        delete reset['ResetType@Redfish.AllowableValues'];
        reset['@Redfish.ActionInfo'] = info;
      },
    });
    expect(answer).toMatchObject({ result });
  });
});

describe('a preflight', () => {
  const look = (quirk: Quirk, changes: Partial<RungRequest> = {}, asIs = false) => {
    quirky.become(quirk);
    const request = rungRequest({ driver: 'redfish', action: 'GracefulRestart' }, changes);
    return driver().preflight(request, { signal: never, asIs });
  };

  it.each<[string, Quirk, object]>([
    ['that is well', {}, { result: 'ready' }],
    ['that is off', withPower('Off'), { result: 'ready' }],
    ['that is powering on', withPower('PoweringOn'), { result: 'not-tried' }],
    ['that is busy', busy('3'), { result: 'not-tried', retryAfterMs: 3_000 }],
    ['that refuses the password', { instead: () => ({ status: 401 }) }, { result: 'rejected' }],
    ['of another', withUuid('4C4C4544-0042-3510-8052-B4C04F313234'), { code: 'wrong-machine' }],
    ['without this reset', offers(['ForceRestart']), { result: 'rejected', thisRungOnly: true }],
  ])('of a machine %s tells it, and sends no order', async (_what, quirk, expected) => {
    expect(await look(quirk)).toMatchObject(expected);
    expect(resets()).toEqual([]);
  });

  it('closes the session that it opened', async () => {
    expect(await look(noBasic)).toEqual({ result: 'ready' });
    expect(bmc.calls().at(-1)).toMatchObject({ method: 'DELETE', answer: 204 });
  });

  it('of what is known here calls nobody', async () => {
    expect(await look(busy(), {}, true)).toEqual({ result: 'ready' });
    const lost = nodeFacts({ name: 'lost' });
    expect(await look({}, { node: lost }, true)).toMatchObject({ result: 'rejected' });
    const shared = await look({}, { sharers: ['other'] }, true);
    expect(shared).toMatchObject({ result: 'rejected', code: 'wrong-machine' });
    expect(quirky.asked).toEqual([]);
  });
});

describe('a UUID', () => {
  const placeholder = '03000200-0400-0500-0006-000700080009';

  it('that another node has too proves nothing', async () => {
    const answer = await run({}, 'ForceRestart', { sharers: ['ip-10-0-1-18'] });
    expect(answer).toMatchObject({ result: 'rejected', code: 'wrong-machine' });
    expect(answer.detail).toContain('also that of ip-10-0-1-18');
    expect(resets()).toEqual([]);
  });

  it('that is a placeholder proves nothing, on both sides alike', async () => {
    const node = nodeFacts({ systemUuid: placeholder });
    const answer = await run(withUuid(placeholder), 'ForceRestart', { node });
    expect(answer).toMatchObject({ result: 'rejected', code: 'wrong-machine' });
    expect(resets()).toEqual([]);
  });
});
