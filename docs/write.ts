/** Writes the pages that are made of code: `npm run docs`. */
import { writeFile } from 'node:fs/promises';
import { errorsPage } from '../cli/errorsPage.ts';
import { cliPage } from '../cli/main/cliPage.ts';
import { metricsPage } from '../telemetry/metricsPage.ts';

const pages = { 'CLI.md': cliPage(), 'ERRORS.md': errorsPage(), 'METRICS.md': metricsPage() };
for (const [name, text] of Object.entries(pages)) {
  await writeFile(new URL(name, import.meta.url), text);
}
