/** Whether a BMC's system is the machine that a Node runs on. A UUID proves it only if nothing else can carry it too. */
import type { NodeFacts } from '../node.ts';
import { placeholderUuids } from './placeholderUuids.ts';

type NodeIdentity = Pick<NodeFacts, 'name' | 'systemUuid'>;

export type MachineProof = { readonly ok: true } | { readonly ok: false; readonly why: string };

/**
 * Whether the BMC's UUID is that of the node. Byte-swapped spellings are not accepted: two machines may differ by just
 * that.
 */
export function provesMachine(
  node: NodeIdentity,
  uuid: string | undefined,
  sharers: readonly string[],
): MachineProof {
  const own = canProve(node, sharers);
  if (!own.ok || (uuid !== undefined && canonicalUuid(uuid) === canonicalUuid(node.systemUuid)))
    return own;
  const found = `the BMC's system has UUID ${uuid ?? '(none)'}`;
  return { ok: false, why: `${found}, node ${node.name} has ${node.systemUuid}` };
}

/** Whether the node's own UUID can prove anything. `sharers` are other nodes with the same one. */
export function canProve(
  { name, systemUuid }: NodeIdentity,
  sharers: readonly string[],
): MachineProof {
  const doubt = doubtAbout(systemUuid);
  if (doubt) return { ok: false, why: `node ${name} has ${doubt}, which proves no machine` };
  if (sharers.length === 0) return { ok: true };
  const others = sharers.slice(0, 3).join(', ') + (sharers.length > 3 ? ', ...' : '');
  return { ok: false, why: `UUID ${systemUuid} of node ${name} is also that of ${others}` };
}

/** The other nodes that say they are this machine. */
export function sharersOf(node: NodeIdentity, all: readonly NodeIdentity[]): readonly string[] {
  const own = canonicalUuid(node.systemUuid);
  return all
    .filter(({ name, systemUuid }) => name !== node.name && canonicalUuid(systemUuid) === own)
    .map(({ name }) => name);
}

/** What a UUID is instead of a machine's own, in words; undefined where it looks like one. */
export function doubtAbout(uuid: string): string | undefined {
  const text = canonicalUuid(uuid);
  if (text === '') return 'no system UUID';
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(text)) return `"${uuid}" for a UUID`;
  return isPlaceholder(text) ? `the placeholder UUID ${uuid}` : undefined;
}

/** One byte throughout, all set but the first group, or one of those that vendors ship. */
function isPlaceholder(text: string): boolean {
  const digits = text.replaceAll('-', '');
  return (
    digits === digits.slice(0, 2).repeat(16) ||
    text.endsWith('-ffff-ffff-ffff-ffffffffffff') ||
    placeholderUuids.has(text)
  );
}

/** As it is compared: without regard to letters and the blanks around it. */
export function canonicalUuid(uuid: string): string {
  return uuid.trim().toLowerCase();
}
