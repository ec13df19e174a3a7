/** What every parser of this folder answers: the value, or one sentence per mistake that says where it is. */
import type { z } from 'zod';
import { errorText } from '../std/errorText.ts';

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: string };

/** Every issue as `place: what is wrong`, joined by `; `. */
export function explain(error: z.ZodError): string {
  return error.issues.map((issue) => `${placeOf(issue.path)}: ${issue.message}`).join('; ');
}

/** A path as people write it: `rungs[1].timeout`. */
export function placeOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '(top level)';
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}

/** The JSON value of a text, or why it is none. */
export function parseJson(text: string): Parsed<unknown> {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return {
      ok: false,
      why: `not JSON: ${errorText(error)}`,
    };
  }
}
