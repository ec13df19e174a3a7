/** Which BMC resets which node (DESIGN 7): a YAML mapping that names no secret, only the files that hold them. */
import { z } from 'zod';
import type { Parsed } from './parsed.ts';
import { mistakesOf, readYaml, strict, type TextFile } from './yamlFile.ts';

const url = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL of the BMC' })
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
export type BmcInventory = Readonly<Record<string, BmcEntry>>;

/** The inventory by node name; `why` holds one line per mistake. */
export function parseBmcInventory(file: TextFile): Parsed<BmcInventory> {
  const parsed = readOne(file, inventory);
  return parsed.ok ? { ok: true, value: parsed.value.nodes } : parsed;
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
