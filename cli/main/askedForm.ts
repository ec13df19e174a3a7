/** Which form an answer is asked for in, read from the bare words: mistakes in the words themselves are told in it too. */
import type { Flags } from '../io.ts';

export function flagsOf(words: readonly string[]): Flags {
  const end = words.indexOf('--');
  const before = end < 0 ? words : words.slice(0, end);
  const asked = before.flatMap((word, index) => formIn(word, before[index + 1])).at(-1);
  return asked === 'json' || asked === 'yaml' ? { output: asked } : {};
}

function formIn(word: string, next: string | undefined): string[] {
  if (word === '-o' || word === '--output') return next === undefined ? [] : [next];
  const [, form] = /^(?:-o=?|--output=)(.+)$/.exec(word) ?? [];
  return form === undefined ? [] : [form];
}
