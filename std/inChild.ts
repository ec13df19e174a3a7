/** Work that would block the event loop or fill the heap, done by a process of its own that ends with it (ADR 19). */
import { fork } from 'node:child_process';
import { extname } from 'node:path';
import { errorText } from './errorText.ts';

/** The file of this name beside the module that asks, with the same ending, so that packed JavaScript starts JavaScript. */
export function besideModule(name: string, moduleUrl: string): URL {
  return new URL(`${name}${extname(moduleUrl)}`, moduleUrl);
}

type ChildReply<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly why: string };

/** A child that does not answer is killed: whoever asked must not wait for ever. */
const longestWorkMs = 120_000;
const longestComplaint = 2_000;

/** Runs the module, which calls `answerParent`. Rejects when its work fails or it ends before its answer. */
export function askChild<Answer>(module: URL, question: readonly string[] = []): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = fork(module, {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      timeout: longestWorkMs,
      killSignal: 'SIGKILL',
    });
    let complaint = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-longestComplaint);
    });
    child.once('message', (reply: ChildReply<Answer>) => {
      if (reply.ok) resolve(reply.answer);
      else reject(new Error(reply.why));
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const end = `${module.pathname} ended early (${signal ?? code})`;
      reject(new Error([end, complaint.trim()].filter((text) => text !== '').join(': ')));
    });
    child.send(question, () => undefined);
  });
}

/**
 * The child's part: one answer to one question, and the end, whatever else would keep the process alive. It ends without
 * its parent too.
 */
export function answerParent(work: (...question: readonly string[]) => unknown): void {
  process.once('disconnect', () => process.exit());
  process.once('message', (question: readonly string[]) => {
    void outcome(work, question).then((told) =>
      process.send?.(told, () => {
        process.disconnect();
      }),
    );
  });
}

async function outcome(
  work: (...question: readonly string[]) => unknown,
  question: readonly string[],
): Promise<ChildReply<unknown>> {
  try {
    return { ok: true, answer: await work(...question) };
  } catch (error) {
    return { ok: false, why: errorText(error) };
  }
}
