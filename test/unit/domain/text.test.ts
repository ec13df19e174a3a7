import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { visible, visibleLines, visibleValue } from '../../../domain/text.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 40 });
const raw = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

test.each([
  ['plain — ümläut 漢字 🚢', 'plain — ümläut 漢字 🚢'],
  ['a\nb\rc\td', String.raw`a\nb\rc\td`],
  ['\u001B[2J\u0007', String.raw`\u001b[2J\u0007`],
  ['\u009B31m\u009D0;title\u009C', String.raw`\u009b31m\u009d0;title\u009c`],
  ['\u0000\u007F', String.raw`\u0000\u007f`],
  [
    '\u202Eevil\u202C\u2066\u2069\u200E\u200F\u061C',
    String.raw`\u202eevil\u202c\u2066\u2069\u200e\u200f\u061c`,
  ],
  ['a\u200Bb\uFEFFc\u2060d\u00ADe\u3164', String.raw`a\u200bb\ufeffc\u2060d\u00ade\u3164`],
  ['\u2028\u2029', String.raw`\u2028\u2029`],
  ['\u{E0041}', String.raw`\udb40\udc41`],
  ['\uD800x', String.raw`\ud800x`],
])('%j is shown as %j', (text, shown) => {
  expect(visible(text)).toBe(shown);
});

test('whatever the text: nothing hidden is left, and once is enough', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const shown = visible(text);
      expect(shown).not.toMatch(raw);
      expect(visible(shown)).toBe(shown);
    }),
  );
});

test('JSON made visible reads back as it was', () => {
  fc.assert(
    fc.property(fc.dictionary(anyText, fc.array(anyText)), (value) => {
      const text = visibleLines(JSON.stringify(value, undefined, 2));
      expect(text.replaceAll('\n', '')).not.toMatch(raw);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('a value is made visible in every depth, and keeps what is no text', () => {
  const value = { 'k\u001B': ['a\nb', 1, true, null, undefined, { deep: '\u0007' }] };
  expect(visibleValue(value)).toEqual({
    [String.raw`k\u001b`]: [
      String.raw`a\nb`,
      1,
      true,
      null,
      undefined,
      { deep: String.raw`\u0007` },
    ],
  });
});
