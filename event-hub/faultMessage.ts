/** A stored message as a report, believed only if it is what its subject says. */
import type { FaultEvent } from '../domain/fault.ts';
import { maxFaultEventBytes, parseFaultEvent } from '../schemas/wire/faultEvent.ts';
import { parseFaultSubject } from './subjects.ts';

export type FaultMessage =
  | { readonly ok: true; readonly event: FaultEvent }
  | {
      readonly ok: false;
      readonly reason: 'malformed' | 'unknown-version' | 'oversize' | 'wrong-subject';
      readonly why: string;
    };

/** Reads a message of FAULTS; never throws. */
export function readFaultMessage(subject: string, body: Uint8Array): FaultMessage {
  if (body.length > maxFaultEventBytes)
    return { ok: false, reason: 'oversize', why: `${body.length} bytes of ${maxFaultEventBytes}` };
  const text = decodeUtf8(body);
  if (text === undefined) return { ok: false, reason: 'malformed', why: 'not UTF-8' };
  const parsed = parseFaultEvent(text);
  if (!parsed.ok) return parsed;
  const disagreement = disagrees(subject, parsed.value);
  if (disagreement !== undefined) return { ok: false, reason: 'wrong-subject', why: disagreement };
  return { ok: true, event: parsed.value };
}

/** The server checks who may publish on a subject, never what the body claims. */
function disagrees(subject: string, event: FaultEvent): string | undefined {
  const named = parseFaultSubject(subject);
  if (named === undefined) return `${subject} is not fault.<cluster>.<node>.<observer>.<check>`;
  const wrong = (['cluster', 'node', 'observer', 'check'] as const).filter(
    (part) => named[part] !== event[part],
  );
  if (wrong.length === 0) return undefined;
  return wrong
    .map((part) => `${part} is ${event[part]}, its subject says ${named[part]}`)
    .join('; ');
}

function decodeUtf8(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}
