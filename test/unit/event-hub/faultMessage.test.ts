import { describe, expect, it } from 'vitest';
import { readFaultMessage } from '../../../event-hub/faultMessage.ts';
import { faultSubject } from '../../../event-hub/subjects.ts';
import { formatFaultEvent, maxFaultEventBytes } from '../../../schemas/wire/faultEvent.ts';
import { faultEvent } from '../../support/samples.ts';

const event = faultEvent();

function bytesOf(changes: Partial<typeof event> = {}): Uint8Array {
  const text = formatFaultEvent({ ...event, ...changes });
  return new TextEncoder().encode(text.ok ? text.value : '');
}

describe('reading a stored message', () => {
  it('gives the report back', () => {
    expect(readFaultMessage(faultSubject(event), bytesOf())).toEqual({ ok: true, event });
  });

  it.each([{ cluster: 'other' }, { node: 'other' }, { check: 'other' }])(
    'refuses a body that claims %o',
    (claim) => {
      const read = readFaultMessage(faultSubject(event), bytesOf(claim));
      expect(read).toMatchObject({ ok: false, reason: 'wrong-subject' });
    },
  );

  it('refuses a subject with a second spelling of the node', () => {
    const subject = faultSubject(event).replace('ip-', '%69p-');
    expect(readFaultMessage(subject, bytesOf())).toMatchObject({ reason: 'wrong-subject' });
  });

  it('refuses what is too large, before reading it', () => {
    const body = new Uint8Array(maxFaultEventBytes + 1);
    expect(readFaultMessage(faultSubject(event), body)).toMatchObject({ reason: 'oversize' });
  });

  it('refuses what is not UTF-8', () => {
    const read = readFaultMessage(faultSubject(event), Uint8Array.of(0x22, 0xff, 0x22));
    expect(read).toMatchObject({ reason: 'malformed', why: 'not UTF-8' });
  });
});
