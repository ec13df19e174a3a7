/** YAML read with the place of everything in it, so that a mistake can be shown where it is. */
import { LineCounter, isNode, parseAllDocuments } from 'yaml';
import type { Document } from 'yaml';
import { z } from 'zod';
import { placeOf } from './parsed.ts';

export type TextFile = { readonly path: string; readonly text: string };

export type YamlDocument = {
  readonly value: unknown;
  /** `file:line` of what lies at this path, or of the nearest thing above it. */
  readonly where: (path: readonly PropertyKey[]) => string;
};

export type YamlRead =
  | { readonly ok: true; readonly documents: readonly YamlDocument[] }
  | { readonly ok: false; readonly mistakes: readonly string[] };

/** Every document of a file that is not empty; a doubled key is a mistake like any other. */
export function readYaml({ path, text }: TextFile): YamlRead {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const mistakes = documents.flatMap((document) =>
    document.errors.map(
      ({ pos, message }) => `${path}:${lines.linePos(pos[0]).line}: not valid YAML: ${message}`,
    ),
  );
  if (mistakes.length > 0) return { ok: false, mistakes };
  const filled = documents.filter((document) => document.contents !== null);
  return {
    ok: true,
    documents: filled.map((document) => {
      const value: unknown = document.toJS();
      return { value, where: (place) => `${path}:${lineOf(document, lines, place)}` };
    }),
  };
}

function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/** Each issue as `file:line: place: what is wrong`. */
export function mistakesOf(error: z.ZodError, document: YamlDocument): string[] {
  return error.issues.map(
    (issue) => `${document.where(issue.path)}: ${placeOf(issue.path)}: ${issue.message}`,
  );
}

/** An object that names its known keys when it meets another. */
export function strict<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      return `unknown key ${issue.keys.join(', ')}; known here: ${Object.keys(shape).join(', ')}`;
    },
  });
}

/** Longer durations are refused as mistakes; sums of them would lie beyond the last valid date. */
const longestMs = 365 * 24 * 3_600_000;

const unitsMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** `90s`, `10m`: a number and its unit, read as milliseconds. */
export const duration = z
  .string('must be a duration in quotes or plain, such as 90s, 10m or 1h')
  .regex(/^\d+(\.\d+)?(ms|s|m|h)$/, 'must be a duration such as 500ms, 90s, 10m or 1h')
  .transform((text) => {
    const unit = /[a-z]+$/.exec(text)?.[0];
    const factor = unit === 'ms' || unit === 's' || unit === 'm' ? unitsMs[unit] : unitsMs.h;
    return Math.round(Number.parseFloat(text) * factor);
  })
  .refine((ms) => ms <= longestMs, 'must be at most 8760h, a year');
