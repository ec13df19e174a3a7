/** Where messages live. Cluster, node, observer and check are each exactly one token, whatever characters they hold (ADR 18). */

export type FaultSubject = {
  readonly cluster: string;
  readonly node: string;
  readonly observer: string;
  readonly check: string;
};

export type JournalSubject = { readonly cluster: string; readonly node?: string };

/** `fault.<cluster>.<node>.<observer>.<check>`. */
export function faultSubject({ cluster, node, observer, check }: FaultSubject): string {
  return ['fault', cluster, node, observer, check].map(encodeToken).join('.');
}

/** Every report about one node, or about every node of the cluster. */
export function faultFilter(cluster: string, node?: string): string {
  const tokens = node === undefined ? [cluster] : [cluster, node];
  return `fault.${tokens.map(encodeToken).join('.')}.>`;
}

/** Both levels of a cluster's journal: one wildcard would leave out the first. */
export function journalFilters(cluster: string): string[] {
  const whole = journalSubject({ cluster });
  return [whole, `${whole}.*`];
}

/** `journal.<cluster>.<node>`, or `journal.<cluster>` for what concerns the cluster. */
export function journalSubject({ cluster, node }: JournalSubject): string {
  const tokens = node === undefined ? [cluster] : [cluster, node];
  return `journal.${tokens.map(encodeToken).join('.')}`;
}

/** `dead.<cluster>`. */
export function deadSubject(cluster: string): string {
  return `dead.${encodeToken(cluster)}`;
}

function encodeToken(text: string): string {
  return escapeBytes(text, '%');
}

/** The parts of a fault subject, or undefined for anything `faultSubject` cannot have made. */
export function parseFaultSubject(subject: string): FaultSubject | undefined {
  const [root, ...tokens] = subject.split('.');
  const [cluster, node, observer, check] = tokens.map(decodeToken);
  if (root !== 'fault' || tokens.length !== 4) return undefined;
  if (cluster === undefined || node === undefined) return undefined;
  if (observer === undefined || check === undefined) return undefined;
  return { cluster, node, observer, check };
}

/** The parts of a journal subject, or undefined for anything `journalSubject` cannot have made. */
export function parseJournalSubject(subject: string): JournalSubject | undefined {
  const [root, ...tokens] = subject.split('.');
  const [cluster, node] = tokens.map(decodeToken);
  if (root !== 'journal' || cluster === undefined) return undefined;
  if (tokens.length === 1) return { cluster };
  return tokens.length === 2 && node !== undefined ? { cluster, node } : undefined;
}

function decodeToken(token: string): string | undefined {
  return unescapeBytes(token, '%');
}

/** A key of a KV bucket: as a token, but with `=` for `%`, which keys may not hold. */
export function encodeKey(text: string): string {
  return escapeBytes(text, '=');
}

/** The text of a key, or undefined for anything `encodeKey` cannot have made. */
export function decodeKey(key: string): string | undefined {
  return unescapeBytes(key, '=');
}

/** Only the one spelling that `escapeBytes` writes is read, so that two subjects never mean the same node. */
function unescapeBytes(token: string, sign: string): string | undefined {
  if (token === sign) return '';
  const bytes = token
    .split(new RegExp(`(${sign}[0-9A-F]{2})`))
    .flatMap((part) =>
      part.startsWith(sign)
        ? [Number.parseInt(part.slice(1), 16)]
        : [...new TextEncoder().encode(part)],
    );
  if (bytes.some(Number.isNaN)) return undefined;
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
  return escapeBytes(text, sign) === token ? text : undefined;
}

/** The empty text becomes the sign alone: an empty token would shift all others. */
function escapeBytes(text: string, sign: string): string {
  if (text === '') return sign;
  return text.replaceAll(/[^A-Za-z0-9_-]+/gu, (part) =>
    [...new TextEncoder().encode(part)]
      .map((byte) => sign + byte.toString(16).toUpperCase().padStart(2, '0'))
      .join(''),
  );
}
