#!/usr/bin/env node
// In a clone the TypeScript beside this file runs as it is; a package holds the JavaScript made from it.
import { existsSync } from 'node:fs';

const oldestNode = 24;
if (Number.parseInt(process.versions.node, 10) < oldestNode) {
  console.error(
    `slipway needs Node ${oldestNode} and runs on ${process.version}: install a newer one, or call it by "npx slipway" in a clone.`,
  );
  process.exit(1);
}
const source = new URL('slipway.ts', import.meta.url);
await import(existsSync(source) ? source : new URL('../dist/bin/slipway.js', import.meta.url));
