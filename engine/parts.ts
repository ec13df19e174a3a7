/** An engine is a list of parts; some of them run only while it leads its cluster. */
import { untilAborted } from '../std/untilAborted.ts';

export type Part = {
  readonly name: string;
  /** One engine of a cluster at a time runs it. */
  readonly needsLead: boolean;
  /** Runs until the signal, and resolves when nothing of it goes on. A part that rejects ends all others. */
  readonly run: (signal: AbortSignal) => Promise<void>;
};

/** Starts the parts in their order and, at the signal or when one rejects, ends them in the reverse order, one by one. */
export async function runParts(parts: readonly Part[], signal: AbortSignal): Promise<void> {
  const failed = Promise.withResolvers<never>();
  const running = parts.map(({ run }) => {
    const end = new AbortController();
    const ended = run(end.signal);
    ended.catch(failed.reject);
    return { end, ended };
  });
  try {
    await Promise.race([untilAborted(signal), failed.promise]);
  } finally {
    for (const { end, ended } of running.toReversed()) {
      end.abort();
      await ended.catch(() => undefined);
    }
  }
}
