/** Each reason for which a person is called has a page, and each page a reason. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { alerts, escalationReasons, reasonCodes } from '../../../domain/vocabulary/reasons.ts';

const folder = new URL('../../../docs/runbooks/', import.meta.url);
function read(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8');
}
const index = read('README.md');
const pages = readdirSync(folder)
  .filter((name) => name !== 'README.md')
  .map((name) => name.replace(/\.md$/, ''));

describe('docs/runbooks', () => {
  it.each([...escalationReasons, ...alerts])('has a page for %s', (reason) => {
    expect(pages).toContain(reason);
  });

  it.each(pages)('%s is a reason that Slipway can give, and is in the index', (name) => {
    expect([...reasonCodes, ...alerts]).toContain(name);
    expect(index).toContain(`(${name}.md)`);
  });

  it.each(pages)('%s says what to look at and what to do then', (name) => {
    const page = read(`${name}.md`);
    expect(page.startsWith(`# ${name}\n`)).toBe(true);
    expect(page).toMatch(/^## Look\n/m);
    expect(page).toMatch(/^## Then\n/m);
    expect(page).toContain('```sh');
  });
});
