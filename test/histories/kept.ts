/** The histories that are kept in the repository, one file per path. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

const folder = fileURLToPath(new URL('.', import.meta.url));

type Kept = { readonly workflowId: string; readonly history: Parameters<typeof historyToJSON>[0] };
export type Read = {
  readonly name: string;
  readonly workflowId: string;
  readonly history: unknown;
};

/** On which machine the worker ran is nobody's business, so its identity and the queue named after it are left out. */
export async function keepHistory(name: string, { workflowId, history }: Kept): Promise<void> {
  const plain = JSON.parse(historyToJSON(history)) as unknown;
  const text = JSON.stringify({ workflowId, history: plain });
  const anonymous = text.replaceAll(/"\d+@[^"]+"/g, '"engine"');
  await writeFile(join(folder, `${name}.json`), `${anonymous}\n`);
}

export async function readHistories(): Promise<readonly Read[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  return Promise.all(
    names.map(async (name) => {
      const kept = JSON.parse(await readFile(join(folder, name), 'utf8')) as Omit<Read, 'name'>;
      return { name: name.replace('.json', ''), ...kept };
    }),
  );
}
