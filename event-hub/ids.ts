/** Names that are the same however often the same thing is sent (ADR 18). */
import { createHash } from 'node:crypto';
import type { FaultEvent } from '../domain/fault.ts';

type EventIdentity = Pick<
  FaultEvent,
  'cluster' | 'nodeUid' | 'observer' | 'check' | 'verdict' | 'bootId' | 'counter'
>;

type RepairIdentity = {
  readonly cluster: string;
  readonly nodeUid: string;
  readonly openingEventId: string;
};

/** `e-` and 26 base-32 characters (130 bits). */
export function eventId(of: EventIdentity): string {
  const { cluster, nodeUid, observer, check, verdict, bootId, counter } = of;
  return `e-${digest([cluster, nodeUid, observer, check, verdict, bootId, counter], 26)}`;
}

/** `r-` and 20 base-32 characters (100 bits): fit for a label value. */
export function repairId(of: RepairIdentity): string {
  return `r-${digest([of.cluster, of.nodeUid, of.openingEventId], 20)}`;
}

/** JSON keeps the parts apart, so that no two lists hash as the same text. */
function digest(parts: readonly (string | number)[], length: number): string {
  return base32(createHash('sha256').update(JSON.stringify(parts)).digest()).slice(0, length);
}

/** RFC 4648 in lower case, without padding. */
function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{5}/g) ?? [];
  return groups
    .map((group) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(group, 2)])
    .join('');
}
