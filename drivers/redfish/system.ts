/** Reads one machine from its BMC, and knows it only once its UUID proves that it is the node's. */
import { provesMachine } from '../../domain/machine/identity.ts';
import {
  parseActionInfo,
  parseRedfishSystem,
  type RedfishSystem,
} from '../../schemas/wire/redfish.ts';
import type { Bmc } from '../bmc.ts';
import type { RungRequest } from '../port.ts';
import type { Talk } from './talk.ts';

/** `refused` will be again, `unavailable` may work later. */
export type NotKnown =
  | { readonly kind: 'refused'; readonly why: string; readonly code?: 'wrong-machine' }
  | { readonly kind: 'unavailable'; readonly why: string; readonly retryAfterMs?: number };

export type Machine = { readonly kind: 'known'; readonly system: RedfishSystem };

export async function readMachine(
  talk: Talk,
  { entry }: Bmc,
  { node, sharers }: Pick<RungRequest, 'node' | 'sharers'>,
): Promise<Machine | NotKnown> {
  const { address, systemId } = entry;
  const what = `cannot read system ${systemId} at ${address}`;
  const url = new URL(`${address}/redfish/v1/Systems/${encodeURIComponent(systemId)}`);
  const reading = await talk.read(url);
  if (reading.kind !== 'read') return { ...reading, why: `${what}: ${reading.why}` };
  const parsed = parseRedfishSystem(reading.text);
  // A BMC that is starting answers well and with half a document.
  if (!parsed.ok) return { kind: 'unavailable', why: `${what}: ${parsed.why}` };
  const proof = provesMachine(node, parsed.value.uuid, sharers);
  if (!proof.ok) return { kind: 'refused', code: 'wrong-machine', why: proof.why };
  const resetTypes = parsed.value.resetTypes ?? (await listedElsewhere(talk, parsed.value));
  return { kind: 'known', system: { ...parsed.value, resetTypes } };
}

/** A BMC that does not say is asked for what the policy wants, and says no by itself. */
async function listedElsewhere(
  talk: Talk,
  { actionInfo }: RedfishSystem,
): Promise<readonly string[] | undefined> {
  const url = actionInfo === undefined ? undefined : talk.within(actionInfo);
  const reading = url && (await talk.read(url));
  return reading?.kind === 'read' ? parseActionInfo(reading.text) : undefined;
}
