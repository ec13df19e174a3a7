/** Writes the JSON Schemas of this folder: `npm run schemas`. */
import { writeFile } from 'node:fs/promises';
import { jsonSchemas } from '../../schemas/jsonSchema.ts';

for (const [name, schema] of Object.entries(jsonSchemas())) {
  await writeFile(new URL(name, import.meta.url), `${JSON.stringify(schema, undefined, 2)}\n`);
}
