/** Which BMC resets which node: a YAML mapping that names no secret, only the files that hold them. */
import { z } from 'zod';
import type { Parsed } from '../parsed.ts';
import { mistakesOf, readYaml, strict, type TextFile } from '../yamlFile.ts';

const url = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL of the BMC' })
  .refine(isPlain, 'must hold no user, password, query or fragment')
  .transform((text) => text.replace(/\/+$/, ''));

const entry = strict({
  address: url,
  systemId: z.string().min(1),
  /** Relative to the inventory file. */
  credentialsFile: z.string().min(1),
  caFile: z.string().min(1).exactOptional(),
  insecureSkipVerify: z.boolean().default(false),
});

const inventory = strict({ nodes: z.record(z.string().min(1), entry) });

export type BmcEntry = Readonly<z.infer<typeof entry>>;
export type BmcInventory = {
  readonly entries: Readonly<Record<string, BmcEntry>>;
  /** Of each node whose system other entries name too: those other nodes. */
  readonly shared: ReadonlyMap<string, readonly string[]>;
};

/** `why` holds one line per mistake. Entries that name one system are no mistake of the others, which keep working. */
export function parseBmcInventory(file: TextFile): Parsed<BmcInventory> {
  const parsed = readOne(file, inventory);
  if (!parsed.ok) return parsed;
  const { nodes } = parsed.value;
  return { ok: true, value: { entries: nodes, shared: sharedSystems(nodes) } };
}

export type FoundEntry =
  | { readonly ok: true; readonly value: BmcEntry }
  | { readonly ok: false; readonly problem: 'missing' | 'shared'; readonly why: string };

/** A system that two nodes claim belongs to neither of them. */
export function entryOf({ entries, shared }: BmcInventory, node: string): FoundEntry {
  const found = Object.hasOwn(entries, node) ? entries[node] : undefined;
  if (!found) return { ok: false, problem: 'missing', why: `no BMC is named for ${node}; add it` };
  const others = shared.get(node);
  if (!others) return { ok: true, value: found };
  const what = `system ${found.systemId} at ${found.address}`;
  const why = `${what} is named for ${[node, ...others].join(' and ')}; one of them is wrong`;
  return { ok: false, problem: 'shared', why };
}

function sharedSystems(nodes: Readonly<Record<string, BmcEntry>>): BmcInventory['shared'] {
  const bySystem = Map.groupBy(Object.entries(nodes), ([, named]) => systemKey(named));
  const groups = [...bySystem.values()].map((group) => group.map(([name]) => name));
  const clashes = groups.filter(({ length }) => length > 1);
  return new Map(
    clashes.flatMap((group) =>
      group.map((name) => [name, group.filter((other) => other !== name)] as const),
    ),
  );
}

/** One key per system, however its address is written: letters, default port, scheme, slashes and the root's dot do not count. */
function systemKey({ address, systemId }: BmcEntry): string {
  const { hostname, port, pathname } = new URL(address);
  const host = hostname.replace(/\.$/, '');
  const id = systemId.toLowerCase().replaceAll(/^\/+|\/+$/g, '');
  return `${host}:${port}${pathname.replace(/\/+$/, '')}/${id}`;
}

function isPlain(text: string): boolean {
  if (!URL.canParse(text)) return true;
  const { username, password, search, hash } = new URL(text);
  return [username, password, search, hash].every((part) => part === '');
}

const credentials = strict({ username: z.string().min(1), password: z.string() });

export type BmcCredentials = Readonly<z.infer<typeof credentials>>;

/** The content of a credentials file; a mistake never repeats what the file holds. */
export function parseBmcCredentials(file: TextFile): Parsed<BmcCredentials> {
  return readOne(file, credentials);
}

function readOne<T>(file: TextFile, schema: z.ZodType<T>): Parsed<T> {
  const yaml = readYaml(file);
  if (!yaml.ok) return { ok: false, why: yaml.mistakes.join('\n') };
  const [document, second] = yaml.documents;
  if (!document || second)
    return { ok: false, why: `${file.path}: must hold exactly one document` };
  const parsed = schema.safeParse(document.value);
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, why: mistakesOf(parsed.error, document).join('\n') };
}
