/** A value as YAML: every text that could be read as something else stands in quotes, as JSON writes it. */
import { visible } from '../../domain/text.ts';

/** The lines of a document; fields that are undefined are left out, as in JSON. */
export function yaml(value: unknown): string[] {
  if (isEmpty(value)) return [scalar(value)];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => under('- ', item));
  if (typeof value !== 'object' || value === null) return [scalar(value)];
  const fields: [string, unknown][] = Object.entries(value);
  return fields
    .filter(([, item]) => item !== undefined)
    .flatMap(([key, item]) => field(text(key), item));
}

function field(key: string, value: unknown): string[] {
  const lines = yaml(value);
  if (isScalar(value)) return [`${key}: ${lines.join('')}`];
  return [`${key}:`, ...lines.map((line) => `  ${line}`)];
}

function under(sign: string, value: unknown): string[] {
  return yaml(value).map((line, index) => `${index === 0 ? sign : '  '}${line}`);
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null || isEmpty(value);
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).every((item) => item === undefined);
}

function scalar(value: unknown): string {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return '[]';
  if (typeof value === 'object' && value !== null) return '{}';
  return JSON.stringify(value) ?? 'null';
}

/** A word that no reader of YAML takes for anything but a text. */
const plainText = /^[A-Za-z][\w./-]*( [A-Za-z0-9][\w./-]*)*$/;
const otherMeaning = /^(?:true|false|null|yes|no|on|off|y|n|nan|inf)$/i;

function text(value: string): string {
  if (plainText.test(value) && !otherMeaning.test(value)) return value;
  return visible(JSON.stringify(value));
}
