/** Whatever others wrote, in whatever place: the terminal gets our own colours and ends of lines, and nothing else that is hidden. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderDead } from '../../../cli/dead/list.ts';
import { renderDoctor } from '../../../cli/doctor/render.ts';
import { failure, showFailure } from '../../../cli/failure.ts';
import { renderFaults } from '../../../cli/faults/list.ts';
import type { Flags, Io } from '../../../cli/io.ts';
import { viewOf } from '../../../views/journal.ts';
import { renderList } from '../../../cli/repairs/list.ts';
import { renderReplay, replayView } from '../../../cli/repairs/replay.ts';
import { renderShow } from '../../../cli/repairs/show.ts';
import { answer, nextDocumentOf, show, tell } from '../../../cli/show.ts';
import { renderStatus } from '../../../cli/status/render.ts';
import { gated } from '../../../cli/text/paint.ts';
import { renderWhy } from '../../../cli/why/render.ts';
import { whyView } from '../../../cli/why/view.ts';
import { phases } from '../../../domain/vocabulary/repair.ts';
import { at, granted, isolated, opening, policy, tagged } from '../../support/given.ts';
import { turn } from '../../support/recorded.ts';
import { faultEvent, sampleNode } from '../../support/samples.ts';
import {
  header,
  logOf,
  nodeFacts,
  record,
  screen80,
  slipway,
  storyFrom,
} from '../../support/screens.ts';

const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const ours = new RegExp(String.raw`${String.fromCodePoint(27)}\[\d{1,2}m|\n`, 'g');
const forged = '\u001B[31mFORGED\nFORGED';
const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    forged,
    '\u009B2J',
    '\u202Eevil',
    '\r\u0007\u0000',
    '\u2028FORGED',
    '\u001B]0;t\u0007',
  ),
);

/** Words that renderers look up; everything else may hold anything. */
const closedWords = new Set<string>([
  ...phases,
  'good',
  'note',
  'bad',
  'faulty',
  'healthy',
  'act',
  'failure',
]);

/** The value with other texts put into it, one after the other. */
function poisoned<T>(value: T, texts: readonly string[]): T {
  let next = 0;
  const poison = (item: unknown): unknown => {
    if (typeof item === 'string')
      return closedWords.has(item) ? item : texts[next++ % texts.length];
    if (Array.isArray(item)) return item.map(poison);
    if (typeof item !== 'object' || item === null) return item;
    return Object.fromEntries(Object.entries(item).map(([key, one]) => [key, poison(one)]));
  };
  return poison(value) as T;
}

function capture(color: boolean): { readonly io: Io; readonly written: () => string } {
  let text = '';
  const write = (more: string): void => {
    text += more;
  };
  const io: Io = {
    out: write,
    err: write,
    screen: { ...screen80, color, live: color },
    calledAs: 'slipway',
    env: {},
    now: () => 0,
    interrupted: new AbortController().signal,
  };
  return { io, written: () => text };
}

const turns = [turn(at(1), granted), turn(at(2), isolated), turn(at(3), tagged)];
const commands = { slipway, kubectl: 'kubectl' };
const unread = [failure('hubUnreachable', 'Cannot reach NATS.')];
const head = header({ paused: { by: 'ada', reason: 'work', at: at(10) } });
const screen = { version: 1, header: head, unread } as const;
const undelivered = [
  {
    sink: 'file',
    delivery: 'r/1',
    repairId: 'r',
    node: 'n',
    since: at(1),
    tries: 1,
    nextTryAt: at(9),
    answer: 'x',
  },
] as const;
const known = {
  header: head,
  node: sampleNode,
  facts: nodeFacts({ marks: { 'slipway.dev/hold': 'mine' }, unschedulable: true }),
  gone: false,
  record: record(),
  story: storyFrom(turns),
  notices: undelivered,
  unread,
};
const unreadable = { sink: 'file', count: 1, at: at(1), streamSequence: 3, why: 'x' } as const;
const letter = {
  cluster: 'c',
  subject: 'fault.c.n.Check',
  sequence: 4,
  reason: 'malformed',
  detail: 'not JSON',
  deadSequence: 1,
  storedAt: at(3),
  bytes: 12,
  text: '{',
  requeued: false,
} as const;

type Shown = (io: Io, flags: Flags, texts: readonly string[]) => void;

const screens: Readonly<Record<string, Shown>> = {
  'repairs list': (io, flags, texts) => {
    const view = { kind: 'RepairList', ...screen, repairs: [viewOf(logOf(turns))] } as const;
    show({ io, flags }, poisoned(view, texts), (shown, on) => renderList(shown, on, ''));
  },
  'repairs show': (io, flags, texts) => {
    const view = { kind: 'Repair', ...screen, ...storyFrom(turns) } as const;
    show({ io, flags }, poisoned(view, texts), (shown, on) => renderShow(shown, on, commands));
  },
  'repairs replay': (io, flags, texts) => {
    const other = policy({ migration: { timeoutMs: 0, onTimeout: 'escalate' } });
    const view = { ...replayView(logOf(turns), opening(), other, false), ...screen };
    show({ io, flags }, poisoned(view, texts), (shown, on) => renderReplay(shown, on, true));
  },
  status: (io, flags, texts) => {
    const view = {
      kind: 'Status',
      ...screen,
      budgets: [{ policies: ['p'], nodes: 3, limit: 1, out: 1, free: 0, permits: 1 }],
      repairs: {
        open: 1,
        byPhase: { migrating: 1 },
        longestWait: { repairId: 'r', node: 'n', phase: 'migrating', reason: 'x', since: at(1) },
      },
      handedOver: [{ repairId: 'r', node: 'n', outcome: 'escalated', reason: 'x', at: at(1) }],
      notices: { undelivered, unreadable: [unreadable] },
      dead: { count: 1 },
      lag: { waiting: 1, inHand: 1 },
      processes: [{ name: 'nats', pid: 1, alive: false, logFile: '/x' }],
    } as const;
    show({ io, flags }, poisoned(view, texts), (shown, on) => renderStatus(shown, on, slipway));
  },
  why: (io, flags, texts) => {
    const view = poisoned(whyView(poisoned(known, texts), ['kubectl x']), texts);
    show({ io, flags }, view, (shown, on) => renderWhy(shown, on, slipway));
  },
  'faults list': (io, flags, texts) => {
    const reports = [{ event: faultEvent(), sequence: 1, storedAt: at(0) }];
    const view = { kind: 'FaultList', ...screen, reports } as const;
    show({ io, flags }, poisoned(view, texts), renderFaults);
  },
  'dead list': (io, flags, texts) => {
    const view = { kind: 'DeadList', ...screen, letters: [letter] } as const;
    show({ io, flags }, poisoned(view, texts), (shown, on) => renderDead(shown, on, slipway));
  },
  doctor: (io, flags, texts) => {
    const findings = [{ about: 'Hub', grade: 'bad', what: 'down', advice: 'look' }] as const;
    const view = { kind: 'Examination', version: 1, header: head, findings } as const;
    show({ io, flags }, poisoned(view, texts), renderDoctor);
  },
  'a failure': (io, flags, texts) => {
    showFailure({ io, flags }, failure('kubeRefused', texts.join('')));
  },
  'the answer of a deed': (io, flags, texts) => {
    answer({ io, flags }, { what: texts }, ...texts);
  },
  'what is said beside': (io, _flags, texts) => tell(io, ...texts),
};

describe.each(Object.entries(screens))('%s', (_name, draw) => {
  test.each([
    [true, {}],
    [false, {}],
    [false, { output: 'json' }],
    [false, { output: 'yaml' }],
    [true, { output: 'wide' }],
  ] as const)('colour %s, %j: nothing hidden, nothing forged', (color, flags) => {
    fc.assert(
      fc.property(fc.array(nasty, { minLength: 1, maxLength: 8 }), (texts) => {
        const { io, written } = capture(color);
        draw(io, flags, texts);
        expect(written().replaceAll(ours, '')).not.toMatch(hidden);
        expect(written()).not.toContain('\u001B[31mFORGED');
        expect(written()).not.toMatch(/^FORGED/m);
      }),
      { numRuns: 60 },
    );
  });
});

test('a document reads back as it was', () => {
  fc.assert(
    fc.property(fc.dictionary(nasty, nasty), (view) => {
      const { io, written } = capture(false);
      show({ io, flags: { output: 'json' } }, view, () => []);
      expect(JSON.parse(written())).toEqual({ ...view });
      const line = nextDocumentOf(view, 'json');
      expect(JSON.parse(line)).toEqual({ ...view });
      expect(line.trimEnd()).not.toMatch(hidden);
    }),
  );
});

test('the last gate knows our colours alone', () => {
  const text = 'a\u001B[31mb\u001B[39m\u001B[2J\u001B[1;31m\u009B31m\nc\u001B[9A';
  const shown = `a\u001B[31mb\u001B[39m${String.raw`\u001b[2J\u001b[1;31m\u009b31m`}\n${String.raw`c\u001b[9A`}`;
  expect(gated(text, true)).toBe(shown);
  expect(gated(text, false).replaceAll('\n', '')).not.toMatch(hidden);
});
