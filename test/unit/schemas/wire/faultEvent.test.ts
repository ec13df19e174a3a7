import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { FaultEvent } from '../../../../domain/fault.ts';
import type { faultEventSchema } from '../../../../schemas/wire/faultEvent.ts';
import {
  faultEventType,
  formatFaultEvent,
  maxFaultEventBytes,
  parseFaultEvent,
} from '../../../../schemas/wire/faultEvent.ts';
import { faultEvent } from '../../../support/samples.ts';

type Json = { [key: string]: unknown; data: Record<string, unknown> };

function wire(): Json {
  const text = formatFaultEvent(faultEvent());
  return JSON.parse(text.ok ? text.value : '') as Json;
}

describe('fault event on the wire', () => {
  it('is a CloudEvents 1.0 envelope around the report', () => {
    const { data, ...envelope } = wire();
    expect(envelope).toEqual({
      specversion: '1.0',
      id: faultEvent().id,
      type: 'dev.slipway.fault.v1',
      source: 'node-conditions',
      subject: 'ip-10-0-1-17.eu-west-1.compute.internal',
      time: '2026-09-21T14:13:20.123Z',
      datacontenttype: 'application/json',
    });
    expect(Object.keys(data)).toEqual(
      'cluster node nodeUid bootId check verdict reason message counter'.split(' '),
    );
  });

  it('comes back as it went out', () => {
    expect(parseFaultEvent(JSON.stringify(wire()))).toEqual({ ok: true, value: faultEvent() });
  });

  it('holds exactly the fields of the domain type', () => {
    type Wire = z.infer<typeof faultEventSchema>;
    type Rebuilt = { [K in keyof Wire['data']]: Wire['data'][K] } & Pick<Wire, 'id'> & {
        observer: string;
        observedAt: number;
      };
    expectTypeOf<{ [K in keyof Rebuilt]: Rebuilt[K] }>().branded.toEqualTypeOf<{
      -readonly [K in keyof FaultEvent]: FaultEvent[K];
    }>();
  });

  it.each<[string, (event: Json) => unknown, string]>([
    ['an extra field', (event) => (event['extra'] = 1), 'extra'],
    ['an extra data field', (event) => (event.data['extra'] = 1), 'data'],
    ['a missing field', (event) => delete event.data['nodeUid'], 'data.nodeUid'],
    ['an empty node', (event) => (event.data['node'] = ''), 'data.node'],
    ['an unknown verdict', (event) => (event.data['verdict'] = 'sick'), 'data.verdict'],
    ['a fractional counter', (event) => (event.data['counter'] = 1.5), 'data.counter'],
    ['a broken time', (event) => (event['time'] = 'yesterday'), 'time'],
    ['another subject', (event) => (event['subject'] = 'other'), 'subject'],
  ])('with %s is malformed, and the place is named', (_, change, place) => {
    const event = wire();
    change(event);
    const parsed = parseFaultEvent(JSON.stringify(event));
    expect(parsed).toMatchObject({ ok: false, reason: 'malformed' });
    expect(parsed.ok ? '' : parsed.why).toContain(place);
  });

  it.each([
    ['type', 'dev.slipway.fault.v2'],
    ['specversion', '2.0'],
  ])('of another %s is told apart from a broken one', (field, value) => {
    const parsed = parseFaultEvent(JSON.stringify({ ...wire(), [field]: value }));
    expect(parsed).toMatchObject({ ok: false, reason: 'unknown-version' });
  });

  it.each(['', '{', 'null', '[]', '"text"'])('is not %j', (text) => {
    expect(parseFaultEvent(text)).toMatchObject({ ok: false, reason: 'malformed' });
  });

  it('of a foreign type is malformed', () => {
    const parsed = parseFaultEvent(JSON.stringify({ ...wire(), type: 'com.example' }));
    expect(parsed).toMatchObject({ reason: 'malformed' });
    expect(parsed.ok ? '' : parsed.why).toContain(faultEventType);
  });
});

describe('writing a fault event', () => {
  it.each([
    { node: '' },
    { observedAt: Number.NaN },
    { counter: -1 },
    { check: '\uD800' },
    {
      check: '漢'.repeat(317),
      node: '漢'.repeat(253),
      cluster: '漢'.repeat(253),
      nodeUid: '漢'.repeat(128),
      bootId: '\u0001'.repeat(128),
      message: 'x',
    },
  ])('refuses what could not be read back: %o', (change) => {
    expect(formatFaultEvent(faultEvent(change)).ok).toBe(false);
  });

  it.each(['x', 'ä', '\u0001', '😀', '"'])('cuts long texts of %j to size', (letter) => {
    const long = faultEvent({ reason: letter.repeat(900), message: letter.repeat(90_000) });
    const text = formatFaultEvent(long);
    if (!text.ok) throw new Error(text.why);
    const bytes = new TextEncoder().encode(text.value).length;
    expect(bytes).toBeLessThanOrEqual(maxFaultEventBytes);
    const back = parseFaultEvent(text.value);
    expect(back).toMatchObject({ ok: true, value: { id: long.id, check: long.check } });
    const { reason, message } = back.ok ? back.value : long;
    expect(reason.length).toBeLessThanOrEqual(256);
    expect(message.endsWith('…')).toBe(true);
    expect(message.startsWith(letter)).toBe(true);
  });
});
