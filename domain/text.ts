/** Text that others wrote (conditions, machines, journals, people), as a terminal may show it. */

/** JSON or another text of several lines: its own line ends stay, and the escapes are ones that JSON reads back. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

/** The same value with every text in it visible, the names of fields included. */
export function visibleValue<T>(value: T): T;
export function visibleValue(value: unknown): unknown {
  if (typeof value === 'string') return visible(value);
  if (Array.isArray(value)) return value.map((item: unknown) => visibleValue(item));
  if (typeof value !== 'object' || value === null) return value;
  const fields: [string, unknown][] = Object.entries(value);
  return Object.fromEntries(fields.map(([key, item]) => [visible(key), visibleValue(item)]));
}

/** Controls, direction marks, separators of lines, lone surrogates, and all that takes no room: none of it is seen as it is. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

const short: Readonly<Record<string, string>> = {
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
};

/** Every hidden character as the escape that JSON has for it. What is visible stays; applied twice it changes nothing more. */
export function visible(text: string): string {
  return text.replaceAll(hidden, (found) => short[found] ?? escaped(found));
}

function escaped(found: string): string {
  const units = Array.from({ length: found.length }, (_, index) => found.charCodeAt(index));
  return units.map((unit) => String.raw`\u${unit.toString(16).padStart(4, '0')}`).join('');
}
