/** Columns and wrapped texts. */

export type Column = {
  readonly title: string;
  /** Left out, the rightmost first, where the rows would be too wide. */
  readonly optional?: true;
};

/** Rows under titles; ids and names are never cut, since people paste them. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const shown = fitting(columns, rows, width);
  const widths = shown.map((index) => widthOf(columns, rows, index));
  const line = (cells: readonly string[]): string =>
    shown
      .map((index, place) => (cells[index] ?? '').padEnd(widths[place] ?? 0))
      .join('  ')
      .trimEnd();
  return [columns.map(({ title }) => title), ...rows].map(line);
}

function fitting(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): number[] {
  const shown = columns.map((_, index) => index);
  const total = (): number =>
    shown.reduce((sum, index) => sum + widthOf(columns, rows, index) + 2, -2);
  for (const index of shown.toReversed())
    if (columns[index]?.optional && total() > width) shown.splice(shown.indexOf(index), 1);
  return shown;
}

function widthOf(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  index: number,
): number {
  return Math.max(columns[index]?.title.length ?? 0, ...rows.map((row) => row[index]?.length ?? 0));
}

/** `label  text`, the text wrapped at words and kept clear of the label. */
export function labelled(label: string, text: string, width: number): string[] {
  const indent = 12;
  const lines = wrap(text, Math.max(20, width - indent));
  return lines.map((line, index) => `${(index === 0 ? label : '').padEnd(indent)}${line}`);
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
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
