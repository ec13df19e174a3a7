/** What a repair decides once its end is concluded. */
import { describe, test } from 'vitest';
import { after, cancel, ended, given, untilWell } from '../../../../support/given.ts';

describe('the usual way', () => {
  test('carries the end out: restore, release, close', () => {
    const soaked = [...untilWell, ended('repaired', 'healed', 'return')];
    given(soaked).when(171).decides({ kind: 'restore' });
    const back = [...soaked, after(172, { kind: 'restored', node: 'returned' })];
    given(back).when(172).decides({ kind: 'releasePermit' });
    given([...back, after(173, { kind: 'permitReleased' })])
      .when(173)
      .decides({ kind: 'close' });
  });
});

describe('refusals', () => {
  test('hold back what undoes our work too, so that a failing API server is not hammered', () => {
    const failed = after(61, { kind: 'failed', command: 'restore', detail: 'no answer' });
    const { state, when } = given([...untilWell, ended('repaired', 'healed', 'return'), failed]);
    const until = state.refused?.lookAgainAt ?? 0;
    when(62).decides({ kind: 'wait', reason: 'step-failed', until });
    when(66).decides({ kind: 'restore' });
  });
});

describe('people', () => {
  test('cancel while it returns: the return finishes', () => {
    given([...untilWell, ended('repaired', 'healed', 'return'), cancel(171)])
      .when(171)
      .decides({ kind: 'restore' });
  });
});
