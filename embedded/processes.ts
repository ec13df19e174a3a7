/** What the system says of a process. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** The command line of a process, empty when it has ended, with words apart by any one character. */
export async function commandLine(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ps('command', pid));
}

/** Whether a process stands still after SIGSTOP, with all its threads. */
export async function isStopped(pid: number): Promise<boolean> {
  return (await threadStates(pid)).every((state) => state.startsWith('T'));
}

/** The states of all threads where the system shows them, of the process elsewhere. */
async function threadStates(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/task`;
  const threads = await readdir(folder).catch(() => undefined);
  if (!threads) return [await ps('state', pid)];
  return Promise.all(
    threads.map(async (thread) => {
      const stat = await readFile(`${folder}/${thread}/stat`, 'utf8').catch(() => ') T');
      return stat.slice(stat.lastIndexOf(')') + 2);
    }),
  );
}

const run = promisify(execFile);

/** What `ps` says of one process in one column; nothing when there is no such process. */
function ps(column: string, pid: number): Promise<string> {
  return run('ps', ['-o', `${column}=`, '-p', `${pid}`]).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
}
