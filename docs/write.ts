/** Writes the pages that are made of code: `npm run docs`. */
import { writeFile } from 'node:fs/promises';
import { pages } from './render.ts';

for (const [name, text] of Object.entries(pages())) {
  await writeFile(new URL(name, import.meta.url), text);
}
