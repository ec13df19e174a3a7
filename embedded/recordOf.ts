/** A record with one value per key. */
export function recordOf<Key extends string, Value>(
  keys: readonly Key[],
  valueOf: (key: Key) => Value,
): Record<Key, Value> {
  const entries = keys.map((key): [Key, Value] => [key, valueOf(key)]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.fromEntries forgets its keys.
  return Object.fromEntries(entries) as Record<Key, Value>;
}
