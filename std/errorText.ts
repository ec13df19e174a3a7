/** What a thrown value says, in words for a person or a log. */

/** The message of an error; an attempt on several addresses hides its reasons inside, so these are told instead. */
export function errorText(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0)
    return error.errors.map(errorText).join('; ');
  return error instanceof Error ? error.message : String(error);
}
