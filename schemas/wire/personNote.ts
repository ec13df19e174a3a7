/** What a person wrote beside a hold or a pause: our JSON, or any text of theirs. */
import { z } from 'zod';
import type { EpochMs } from '../../domain/vocabulary/time.ts';

export type NoteRead = {
  readonly by?: string;
  readonly reason: string;
  readonly at?: EpochMs;
};

const note = z.object({ by: z.string(), reason: z.string(), at: z.number() });

/** Total: a text that is not our JSON is its own reason. */
export function readNote(text: string): NoteRead {
  try {
    const read = note.safeParse(JSON.parse(text));
    return read.success ? read.data : { reason: text };
  } catch {
    return { reason: text };
  }
}
