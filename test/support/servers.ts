/** Builds the real servers once, before the first test that needs them: minutes with an empty cache, else nothing. */
import { ensureBinaries } from '../../embedded/toolchain/index.ts';

export default async function setup(): Promise<void> {
  await ensureBinaries({ report: (line) => process.stderr.write(`${line}\n`) });
}
