import { expect, test } from 'vitest';
import { createScreen } from '../../../demo/screen.ts';

test.each([[80], [0], [undefined]])(
  'a line of others shows nothing raw (%s columns)',
  (columns) => {
    let text = '';
    const screen = createScreen({
      write: (more) => {
        text += more;
      },
      columns,
      color: true,
    });
    screen.line('kube-apiserver: \u001B[2J\u0007\u202Eevil\nnext');
    expect(text).toBe(String.raw`kube-apiserver: \u001b[2J\u0007\u202eevil` + '\nnext\n');
  },
);
