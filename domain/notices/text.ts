/** A notice is bounded, whatever a machine or a person said. */
const longest = 1_000;

export function cut(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`.toWellFormed();
}
