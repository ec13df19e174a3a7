/** A foreseen failure of the local stack. Its message is one sentence for the user: what, where, what to do next. */
export class StackFailure extends Error {
  override readonly name = 'StackFailure';
}

/** The text of anything thrown. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** The `code` of a system error (`ENOENT`, `EADDRINUSE`), or undefined. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
