import { describe, expect, test } from 'vitest';
import { carryOut, told, type Change } from '../../../cli/change.ts';
import { failure, isFailure } from '../../../cli/failure.ts';
import type { Io, Reply } from '../../../cli/io.ts';
import type { Sources } from '../../../cli/sources.ts';
import { screen80 } from '../../support/screens.ts';

const gone = failure('kubeconfigUnusable', 'There is no server in this test.');
const sources = {
  kube: gone,
  hub: gone,
  temporal: gone,
  cluster: gone,
  close: async () => undefined,
} as unknown as Sources;

type Tried = { readonly ended: unknown; readonly asked: string[]; readonly did: string[] };

async function tried(change: Change, answer?: Reply): Promise<Tried & { out: string }> {
  const asked: string[] = [];
  const did: string[] = [];
  let out = '';
  const ask = async (question: string): Promise<Reply> => {
    asked.push(question);
    return answer ?? 'no';
  };
  const io: Io = {
    out: (text) => {
      out += text;
    },
    err: () => undefined,
    screen: screen80,
    ...(answer !== undefined && { ask }),
    calledAs: 'slipway',
    env: { USER: 'ada' },
    now: () => 0,
    interrupted: new AbortController().signal,
  };
  const ended = await carryOut({ io, flags: {} }, change, sources, {
    what: 'do it',
    act: async (by) => {
      did.push(`${by.name}: ${by.reason}`);
      return 0;
    },
  });
  return { ended: isFailure(ended) ? ended.error : ended, asked, did, out };
}

const reason = 'because';

describe('a change', () => {
  test('is made once a person agreed, under their name and with their reason', async () => {
    expect(await tried({ reason }, 'yes')).toMatchObject({
      ended: 0,
      asked: ['As ada: do it?'],
      did: ['ada: because'],
    });
  });

  test('is not made when the person does not agree', async () => {
    expect(await tried({ reason }, 'no')).toMatchObject({ ended: 'declined', did: [] });
  });

  test('is not made when the question is answered with Ctrl-C', async () => {
    expect(await tried({ reason }, 'interrupted')).toMatchObject({ ended: 'interrupted', did: [] });
  });

  test('is not made when nobody can be asked', async () => {
    expect(await tried({ reason })).toMatchObject({ ended: 'cannotAsk', did: [] });
  });

  test('is made without a question where that was waived', async () => {
    const { ended, asked, did } = await tried({ reason, yes: true }, 'no');
    expect({ ended, asked, did }).toEqual({ ended: 0, asked: [], did: ['ada: because'] });
  });

  test('is only told in a dry run, whatever else was said', async () => {
    const dry = await tried({ reason, yes: true, dryRun: true }, 'yes');
    expect(dry).toMatchObject({
      ended: 0,
      asked: [],
      did: [],
      out: 'Would do it as ada: because\n',
    });
  });
});

test('a deed that the journal does not hold is done in part', () => {
  let err = '';
  const io = {
    out: () => undefined,
    err: (text: string) => {
      err += text;
    },
  } as unknown as Io;
  const done = { lines: ['Done.'], view: {} };
  expect(told({ io, flags: {} }, done, undefined)).toBe(0);
  expect(told({ io, flags: {} }, done, gone)).toBe(6);
  expect(err).toContain(gone.what);
});
