/** A foreseen failure of the local stack. Its message is one sentence for the user: what, where, what to do next. */
export class StackFailure extends Error {
  override readonly name = 'StackFailure';
  /** A server found its port taken by another program. */
  readonly isPortTaken: boolean;

  constructor(sentence: string, { isPortTaken = false } = {}) {
    super(sentence);
    this.isPortTaken = isPortTaken;
  }
}

/** The `code` of a system error (`ENOENT`, `EADDRINUSE`), or undefined. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}
