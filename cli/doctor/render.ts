/** An examination as text. */
import { renderHeader } from '../header.ts';
import type { Screen } from '../io.ts';
import { painter, type Paint } from '../text/paint.ts';
import { wrap } from '../text/table.ts';
import type { DoctorView, DoctorFinding } from './view.ts';

export function renderDoctor({ header, findings: found }: DoctorView, screen: Screen): string[] {
  const paint = painter(screen.color);
  return [
    ...renderHeader(header, screen.width, paint),
    '',
    ...found.flatMap((finding) => findingLines(finding, screen.width, paint)),
  ];
}

const signs = { good: '✔', note: '!', bad: '✘' } as const;
const colors = { good: 'green', note: 'yellow', bad: 'red' } as const;
const indent = 18;

function findingLines({ about, grade, what, advice }: DoctorFinding, width: number, paint: Paint) {
  const text = advice === undefined ? what : `${what}. ${advice}`;
  return wrap(text, Math.max(20, width - indent)).map((line, index) =>
    index === 0
      ? `${paint(colors[grade], signs[grade])} ${about.padEnd(indent - 2)}${line}`
      : `${' '.repeat(indent)}${line}`,
  );
}
