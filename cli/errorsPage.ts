/** `docs/ERRORS.md`, made of the catalogue so that it cannot say anything else. */
import { errorCatalogue, type CatalogueEntry } from './errors.ts';

export function errorsPage(): string {
  const entries: CatalogueEntry[] = Object.values(errorCatalogue);
  return [errorsIntroduction, ...entries.map(errorSection)].join('\n');
}

const errorsIntroduction = `# Errors

Every failure that was foreseen has a code that does not change. This page is made of the catalogue in
\`cli/errors.ts\` and checked against it by a test.

"Again" says whether the same request may be sent again: _safe_ means that nothing was done and it may work
later; _after a change_ means that it fails again until something else changes; _look first_ means that it may
have been carried out.
`;

const againTexts = {
  safe: 'safe',
  'after-change': 'after a change',
  'look-first': 'look first',
} as const;

function errorSection({ code, meaning, next, retry, exit }: CatalogueEntry): string {
  const facts = `- Again: ${againTexts[retry]}\n- Exit code: ${exit}`;
  return `## ${code}\n\n${meaning}\n\n${next}\n\n${facts}\n`;
}
