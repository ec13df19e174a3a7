/** Whoever asks why nothing is tried is told what the machine's BMC said. */
import { expect, test } from 'vitest';
import { renderWhy } from '../../../cli/why/render.ts';
import { whyView } from '../../../cli/why/view.ts';
import { after, at, given, untilMoved } from '../../support/given.ts';
import { engine, header, nodeFacts, screen80, slipway } from '../../support/screens.ts';
import { sampleNode } from '../../support/samples.ts';

function busy(seconds: number) {
  return after(seconds, {
    kind: 'notTried',
    rung: 0,
    number: 1,
    detail: 'cannot read system 1 at https://bmc-17: the BMC answered 503',
  });
}
const waiting = after(31, { kind: 'waitStarted', reason: 'bmc-unavailable', until: at(41) });

function screen(events: Parameters<typeof given>[0]): string {
  const { state } = given(events);
  const seen = { header: header(), node: sampleNode, facts: nodeFacts(), gone: false, unread: [] };
  const view = whyView({ ...seen, engine: engine(), state, workflow: { kind: 'absent' } }, []);
  return renderWhy(view, screen80, slipway).join(' ').replaceAll(/\s+/g, ' ');
}

test('a BMC that cannot be asked is quoted, with how often and since when', () => {
  const text = screen([...untilMoved, busy(20), busy(30), waiting]);
  expect(text).toContain('so nothing was tried yet');
  expect(text).toContain('it was asked 2 times');
  expect(text).toContain('https://bmc-17: the BMC answered 503.');
});

test('what is waited for besides is not taken for the machine', () => {
  const soak = after(31, { kind: 'waitStarted', reason: 'soak', until: at(41) });
  expect(screen([...untilMoved, soak])).not.toContain('it was asked');
});
