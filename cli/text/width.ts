/** How many cells of a terminal a text takes. */

/** Marks that sit on the letter before them. */
const noCell = /[\p{Mn}\p{Me}]/u;
/** East Asian wide and full-width characters, and emoji that are drawn as such. */
const twoCells =
  /[\p{Emoji_Presentation}\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{1B000}-\u{1B2FF}\u{20000}-\u{3FFFD}]/u;

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - cells(text)));
}

const cut = '…';

/** At most so many cells; what is left out is marked. */
export function shorten(text: string, width: number): string {
  if (cells(text) <= width) return text;
  let kept = '';
  let taken = 0;
  for (const character of text) {
    taken += cellsOf(character);
    if (taken > width - 1) break;
    kept += character;
  }
  return kept + cut;
}

const plain = /^[\u0020-\u007E]*$/;

/** Of a visible text, without colours. */
export function cells(text: string): number {
  if (plain.test(text)) return text.length;
  return Array.from(text, cellsOf).reduce((sum, one) => sum + one, 0);
}

function cellsOf(character: string): number {
  if (noCell.test(character)) return 0;
  return twoCells.test(character) ? 2 : 1;
}
