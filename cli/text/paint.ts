/** Colour, only where a person looks at a terminal that shows it; and the gate that lets nothing else through. */
import { styleText } from 'node:util';
import { visible } from '../../domain/text.ts';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
export type Paint = (style: Style, text: string) => string;

/** What is painted is made visible first: the only escape sequences are our own. */
export function painter(color: boolean): Paint {
  if (!color) return (_style, text) => visible(text);
  return (style, text) => styleText(style, visible(text), { validateStream: false });
}

const escapeCharacter = String.fromCodePoint(0x1b);
const ownCodes = new RegExp(String.raw`(${escapeCharacter}\[\d{1,2}m)`);

/** The last gate before the terminal: ends of lines and colours pass, every other hidden character is shown escaped. */
export function gated(text: string, color: boolean): string {
  return text
    .split('\n')
    .map((line) => gatedLine(line, color))
    .join('\n');
}

/** Splitting at a group keeps what was split at, at the odd places. */
export function gatedLine(line: string, color: boolean): string {
  if (!color) return visible(line);
  return line
    .split(ownCodes)
    .map((part, index) => (index % 2 === 1 ? part : visible(part)))
    .join('');
}

/** A line without its colours. */
export function bare(line: string): string {
  return line
    .split(ownCodes)
    .filter((_, index) => index % 2 === 0)
    .join('');
}
