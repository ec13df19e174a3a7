/** The wire form of a fault event: CloudEvents 1.0 JSON, strict (ADR 18). */
import { z } from 'zod';
import type { FaultEvent } from '../../domain/fault.ts';
import { explain, parseJson, type Parsed } from '../parsed.ts';

export const faultEventType = 'dev.slipway.fault.v1';

/** Texts are cut until a report fits; one that is larger all the same is refused, and set aside by the consumer. */
export const maxFaultEventBytes = 4 * 1024;
const longestReason = 256;

function word(maxLength: number) {
  return z
    .string()
    .min(1)
    .max(maxLength)
    .refine((text) => text.isWellFormed(), 'must be well-formed Unicode');
}

const dataSchema = z.strictObject({
  cluster: word(253),
  node: word(253),
  nodeUid: word(128),
  bootId: word(128),
  check: word(317),
  verdict: z.enum(['faulty', 'healthy', 'unknown']),
  reason: z.string().max(longestReason),
  message: z.string().max(maxFaultEventBytes),
  counter: z.int().min(0),
});

export const faultEventSchema = z.strictObject({
  specversion: z.literal('1.0'),
  id: word(256),
  type: z.literal(faultEventType),
  source: word(128),
  subject: word(253),
  time: z.iso.datetime({ offset: true }),
  datacontenttype: z.literal('application/json'),
  data: dataSchema,
});

export type FaultEventRefusal = {
  readonly ok: false;
  readonly reason: 'malformed' | 'unknown-version';
  readonly why: string;
};

/** Reads one report from its wire form; never throws. */
export function parseFaultEvent(
  text: string,
): { readonly ok: true; readonly value: FaultEvent } | FaultEventRefusal {
  const json = parseJson(text);
  if (!json.ok) return { ...json, reason: 'malformed' };
  const foreign = foreignVersion(json.value);
  if (foreign !== undefined) return { ok: false, reason: 'unknown-version', why: foreign };
  const wire = faultEventSchema.safeParse(json.value);
  if (!wire.success) return { ok: false, reason: 'malformed', why: explain(wire.error) };
  if (wire.data.subject !== wire.data.data.node)
    return {
      ok: false,
      reason: 'malformed',
      why: 'subject: must be the node that data.node names',
    };
  return { ok: true, value: toFaultEvent(wire.data) };
}

/** Writes one report in its wire form, with its texts cut to size, or says why its values cannot be sent. */
export function formatFaultEvent(event: FaultEvent): Parsed<string> {
  const reason = cut(event.reason, longestReason);
  let message = cut(event.message, maxFaultEventBytes);
  for (;;) {
    const text = format({ ...event, reason, message });
    if (!text.ok || bytesOf(text.value) <= maxFaultEventBytes) return text;
    if (message.length <= 1)
      return {
        ok: false,
        why: `larger than ${maxFaultEventBytes} bytes, even without its message`,
      };
    message = cut(event.message, Math.floor(message.length * 0.8));
  }
}

const cutSign = '…';

function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return text.slice(0, Math.max(0, longest - cutSign.length)).toWellFormed() + cutSign;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

function format(event: FaultEvent): Parsed<string> {
  const { id, observer, observedAt, ...data } = event;
  const wire = faultEventSchema.safeParse({
    specversion: '1.0',
    id,
    type: faultEventType,
    source: observer,
    subject: event.node,
    time: isoTime(observedAt),
    datacontenttype: 'application/json',
    data,
  });
  if (!wire.success) return { ok: false, why: explain(wire.error) };
  return { ok: true, value: JSON.stringify(wire.data) };
}

function toFaultEvent(wire: z.infer<typeof faultEventSchema>): FaultEvent {
  const { id, source: observer, time, data } = wire;
  return { id, observer, observedAt: Date.parse(time), ...data };
}

/** A report of another version is told apart from a broken one: it may come from a newer agent. */
function foreignVersion(value: unknown): string | undefined {
  const envelope = z.looseObject({ specversion: z.string(), type: z.string() }).safeParse(value);
  if (!envelope.success) return undefined;
  const { specversion, type } = envelope.data;
  if (specversion !== '1.0') return `specversion: ${JSON.stringify(specversion)} is not "1.0"`;
  if (type !== faultEventType && /^dev\.slipway\.fault\.v\d+$/.test(type))
    return `type: ${JSON.stringify(type)} is not ${JSON.stringify(faultEventType)}`;
  return undefined;
}

/** An impossible time becomes a text that the schema refuses with its place. */
function isoTime(at: number): string {
  const time = new Date(at);
  return Number.isNaN(time.getTime()) ? 'no time' : time.toISOString();
}
