/** What lies on the hub, read back past all readers. */
import { expect } from 'vitest';
import type { Hub } from '../../event-hub/index.ts';

export type RawMessage = {
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** The value of a key, once it holds `part`. */
export async function rawKey(
  hub: Hub,
  { bucket, key, part = '' }: { bucket: string; key: string; part?: string },
): Promise<string> {
  const place = { stream: `KV_${bucket}`, subject: `$KV.${bucket}.${key}` };
  return (await rawOn(hub, { ...place, part })).text;
}

/** The last message on a subject as the stream holds it, once there is one that holds `part`. */
export async function rawOn(
  hub: Hub,
  { stream, subject, part = '' }: { stream: string; subject: string; part?: string },
): Promise<RawMessage> {
  let found: RawMessage | undefined;
  await expect
    .poll(
      async () => {
        found = await lastOn(hub, stream, subject);
        return found?.text;
      },
      { timeout: 10_000, message: `nothing on ${subject}` },
    )
    .toContain(part);
  return found!;
}

async function lastOn(
  { manager }: Hub,
  stream: string,
  subject: string,
): Promise<RawMessage | undefined> {
  const found = await manager.direct
    .getMessage(stream, { last_by_subj: subject })
    .catch(() => undefined);
  if (!found) return undefined;
  // What the server adds to its answer is not part of the message.
  const names = (found.header?.keys() ?? []).filter(
    (name) => !name.startsWith('Nats-') || name === 'Nats-Msg-Id',
  );
  const headers = Object.fromEntries(names.map((name) => [name, found.header.get(name)]));
  return { text: new TextDecoder().decode(found.data), headers };
}
