/** What a word of the command line must be; a wrong one is told at once, before anything is asked of any server. */
import { accessSync, constants, statSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { natsMistake, temporalMistake } from '../addresses.ts';
import { codeOf, reasonOf } from '../systemReason.ts';

/** Answers a reader of whole numbers between the two. */
export function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= from && number <= to) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${from} to ${to}.`);
  };
}

const longestNode = 253;

/** What Kubernetes accepts as a name of a node. */
export function nodeName(text: string): string {
  const isName = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(text);
  if (isName && text.length <= longestNode) return text;
  throw new InvalidArgumentError(
    `It must be the name of a node: at most ${longestNode} small letters, digits, dots and dashes.`,
  );
}

export function repairId(text: string): string {
  if (/^r-[a-z0-9]{1,40}$/.test(text)) return text;
  throw new InvalidArgumentError(
    'It must be the id of a repair, such as r-abcdefghij234567abcd; slipway repairs list shows them.',
  );
}

/** The type of a condition of a node. */
export function checkName(text: string): string {
  if (/^[A-Za-z0-9]([-\w./]{0,314}[A-Za-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError('It must be the type of a condition, such as KernelDeadlock.');
}

export function clusterId(text: string): string {
  if (/^[\w.-]{1,253}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be an id: the UID of the namespace kube-system.');
}

export function natsUrl(text: string): string {
  return unlessMistaken(text, natsMistake(text));
}

export function temporalAddress(text: string): string {
  return unlessMistaken(text, temporalMistake(text));
}

function unlessMistaken(text: string, mistake: string | undefined): string {
  if (mistake === undefined) return text;
  throw new InvalidArgumentError(mistake);
}

/** A file that can be read; what a pipe or a device gives counts as one. */
export function readableFile(text: string): string {
  const found = statusOf(words(text));
  if (found.isDirectory()) throw new InvalidArgumentError('It is a folder, and must be a file.');
  return readable(text);
}

export function fileOrFolder(text: string): string {
  statusOf(words(text));
  return readable(text);
}

/** A folder, or a place where one may come to be. */
export function dataFolder(text: string): string {
  return isAbsent(words(text)) ? text : folder(text);
}

/** Nothing is there, and something may come to be. */
function isAbsent(path: string): boolean {
  try {
    statSync(path);
    return false;
  } catch (error) {
    return codeOf(error) === 'ENOENT';
  }
}

export function folder(text: string): string {
  if (!statusOf(words(text)).isDirectory())
    throw new InvalidArgumentError('It is a file, and must be a folder.');
  return readable(text);
}

function statusOf(path: string): ReturnType<typeof statSync> & object {
  try {
    return statSync(path);
  } catch (error) {
    throw new InvalidArgumentError(`It cannot be read: ${reasonOf(error)}.`);
  }
}

export function words(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('It must not be empty.');
}

function readable(path: string): string {
  try {
    accessSync(path, constants.R_OK);
    return path;
  } catch (error) {
    throw new InvalidArgumentError(`It cannot be read: ${reasonOf(error)}.`);
  }
}
