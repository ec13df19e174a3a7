/** What the system's refusals of a path mean. */
import { errorText } from '../std/errorText.ts';

const systemReasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of its path is a file',
  EACCES: 'you have no right to it',
  ENAMETOOLONG: 'its name is too long',
  EROFS: 'the file system is read-only',
  ENOSPC: 'its device is full',
};

export function reasonOf(error: unknown): string {
  const message = errorText(error);
  return systemReasons[codeOf(error)] ?? message;
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
