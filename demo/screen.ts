/** The demo as a person sees it: a table that is drawn over on a terminal, plain lines everywhere else. */
import { visible, visibleLines } from '../domain/text.ts';
import type { Scene } from './play.ts';

export type Output = {
  readonly write: (text: string) => void;
  /** Columns of the terminal; absent where nothing can be drawn over. */
  readonly columns?: number | undefined;
  readonly color: boolean;
};

export type DemoScreen = {
  /** One line that stays. */
  readonly line: (text: string) => void;
  /** The scenes as they are now. */
  readonly show: (scenes: readonly Scene[]) => void;
};

const styles = { good: 32, bad: 31, busy: 33, faint: 2 } as const;
type StyleName = keyof typeof styles;

export function createScreen(output: Output): DemoScreen {
  return output.columns === undefined ? plainScreen(output) : liveScreen(output, output.columns);
}

/** One line per story whenever what it says has changed. */
function plainScreen({ write }: Output): DemoScreen {
  const said = new Map<string, string>();
  return {
    line: (text) => write(`${visibleLines(text)}\n`),
    show: (scenes) => {
      for (const scene of scenes) {
        const { letter } = scene.scenario;
        const text = [wordOf(scene), stepOf(scene), detailOf(scene)]
          .filter((part) => part !== '')
          .join(', ');
        if (said.get(letter) === text) continue;
        said.set(letter, text);
        write(`${seconds(scene).padStart(6)}  (${letter}) ${visible(text)}\n`);
      }
    },
  };
}

const widths = { title: 50, word: 16, step: 28, elapsed: 8 } as const;

const heading = columnsOf('scenario', 'phase', 'resets', 'elapsed');

function liveScreen({ write, color }: Output, columns: number): DemoScreen {
  const paint = (text: string, style: StyleName): string =>
    color ? `\u001B[${styles[style]}m${text}\u001B[0m` : text;
  let drawn = 0;
  return {
    line: (text) => {
      drawn = 0;
      write(`${visibleLines(text)}\n`);
    },
    show: (scenes) => {
      const rows = [heading, ...scenes.map(rowOf)];
      const lines = rows.map((row, index) => {
        const text = visible(row).slice(0, Math.max(1, columns - 1));
        const scene = scenes[index - 1];
        return paint(text, scene ? styleOf(scene) : 'faint');
      });
      const up = drawn === 0 ? '' : `\u001B[${drawn}A`;
      write(up + lines.map((line) => `\u001B[2K${line}\n`).join(''));
      drawn = lines.length;
    },
  };
}

function rowOf(scene: Scene): string {
  const { letter, title } = scene.scenario;
  const row = columnsOf(`(${letter}) ${title}`, wordOf(scene), stepOf(scene), seconds(scene));
  return `${row}  ${detailOf(scene)}`.trimEnd();
}

function columnsOf(title: string, word: string, step: string, elapsed: string): string {
  return (
    title.padEnd(widths.title) +
    word.padEnd(widths.word) +
    step.padEnd(widths.step) +
    elapsed.padStart(widths.elapsed)
  );
}

function wordOf(scene: Scene): string {
  return isOpen(scene) ? (scene.state?.phase ?? 'fault reported') : scene.verdict.outcome;
}

function stepOf({ verdict }: Scene): string {
  return verdict.resets.join(' > ');
}

function seconds({ elapsedSeconds }: Scene): string {
  return `${elapsedSeconds.toFixed(1)} s`;
}

function detailOf(scene: Scene): string {
  const { state } = scene;
  if (!isOpen(scene) || !state) return '';
  const { waiting, pods } = state;
  const budgets = pods.blockers.flatMap(({ budgets: names = [] }) => names);
  if (state.phase === 'migrating' && budgets.length > 0)
    return `${pods.left} pods wait for budget ${[...new Set(budgets)].join(', ')}`;
  return waiting ? `waits: ${waiting.reason}` : '';
}

function styleOf(scene: Scene): StyleName {
  if (isOpen(scene)) return 'busy';
  return scene.verdict.problems.length === 0 ? 'good' : 'bad';
}

function isOpen({ verdict }: Scene): boolean {
  return verdict.outcome === 'open';
}
