import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { jsonSchemas } from '../../../schemas/jsonSchema.ts';

describe('the committed JSON Schemas', () => {
  it.each(Object.entries(jsonSchemas()))(
    '%s is what `npm run schemas` writes',
    async (name, schema) => {
      const url = new URL(`../../../docs/schemas/${name}`, import.meta.url);
      expect(JSON.parse(await readFile(url, 'utf8'))).toEqual(schema);
    },
  );
});
