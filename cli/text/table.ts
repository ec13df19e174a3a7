/** Columns and wrapped texts. What others wrote is made visible first, so that it fits as it is counted. */
import { visible } from '../../domain/text.ts';
import { cells, padEnd, shorten } from './width.ts';

export type Column = {
  readonly title: string;
  /** May be shortened to so many cells, the rightmost first, where the rows would be too wide. */
  readonly atLeast?: number;
};

type Row = readonly string[];

const gap = 2;
const left = ' …';

/**
 * Rows under titles. Where they would be too wide, columns are shortened; where that is not enough, the rightmost are
 * left out. Both are marked with an ellipsis. A column without `atLeast` is never shortened: people paste it.
 */
export function table(columns: readonly Column[], rows: readonly Row[], width: number): string[] {
  const titles = columns.map(({ title }) => title);
  const lines = [titles, ...rows].map((row) => titles.map((_, index) => visible(row[index] ?? '')));
  const natural = titles.map((_, index) =>
    Math.max(...lines.map((row) => cells(row[index] ?? ''))),
  );
  const widths = shrunk(columns, natural, width);
  const shown = fitting(widths, width);
  const sign = shown < widths.length ? left : '';
  return lines.map((row) => `${lineOf(row, widths.slice(0, shown))}${sign}`.trimEnd());
}

function shrunk(columns: readonly Column[], natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  for (const index of [...widths.keys()].toReversed()) {
    const { atLeast } = columns[index] ?? {};
    const excess = total(widths) - width;
    const own = widths[index] ?? 0;
    if (excess > 0 && atLeast !== undefined)
      widths[index] = Math.max(Math.min(own, atLeast), own - excess);
  }
  return widths;
}

/** How many columns there is room for; the first is always shown. */
function fitting(widths: readonly number[], width: number): number {
  if (total(widths) <= width) return widths.length;
  const fits = widths.findLastIndex(
    (_, index) => total(widths.slice(0, index + 1)) + left.length <= width,
  );
  return Math.max(1, fits + 1);
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + gap, -gap);
}

function lineOf(row: Row, widths: readonly number[]): string {
  return widths
    .map((width, index) => padEnd(shorten(row[index] ?? '', width), width))
    .join(' '.repeat(gap));
}

/** `label  text`, the text wrapped at words and kept clear of the label. */
export function labelled(label: string, text: string, width: number): string[] {
  const indent = 12;
  const lines = wrap(text, Math.max(20, width - indent));
  return lines.map((line, index) => `${padEnd(index === 0 ? label : '', indent)}${line}`);
}

/** `  - text`, wrapped. */
export function bullet(text: string, width: number): string[] {
  return wrap(text, Math.max(20, width - 4)).map((line, index) =>
    index === 0 ? `  - ${line}` : `    ${line}`,
  );
}

/** Wraps at spaces; a word longer than a line stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of visible(text).split(' ')) {
    if (line !== '' && cells(line) + 1 + cells(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
