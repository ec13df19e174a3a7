import { describe, expect, it } from 'vitest';
import { phaseNotice } from '../../../../domain/notices/nodeEvent.ts';
import type { JournalEntry } from '../../../../domain/repair/types.ts';
import type { Outcome } from '../../../../domain/vocabulary/repair.ts';
import type { ReasonCode } from '../../../../domain/vocabulary/reasons.ts';
import { entry } from '../../../support/entries.ts';
import { at, repairId } from '../../../support/given.ts';
import { sampleNode } from '../../../support/samples.ts';

const acting = { mode: 'act', nodeUid: 'uid-1' } as const;

function closedAs(outcome: Outcome, reason: ReasonCode): JournalEntry {
  return entry({ to: 'closed', events: [{ kind: 'closed', outcome, reason, at: at(4) }] });
}

describe('a change of phase', () => {
  it('is told once, under a name that is the same each time', () => {
    const told = phaseNotice(entry({ from: 'awaiting-permit', to: 'isolating' }), acting);
    expect(told).toEqual({
      name: `${sampleNode}.${repairId}.3`,
      node: sampleNode,
      nodeUid: 'uid-1',
      reason: 'SlipwayRepairIsolating',
      message: `Repair ${repairId}: awaiting-permit -> isolating`,
      warning: false,
      at: at(3),
    });
  });

  it('keeps its name a name, however long that of the node is', () => {
    const node = `${'a'.repeat(225)}.${'b'.repeat(27)}`;
    const { name = '' } = phaseNotice(entry({ node, to: 'closed' }), acting) ?? {};
    expect(name).toMatch(new RegExp(`^a+[.]b*[.]?${repairId}[.]3$|^a+[.]${repairId}[.]3$`));
    expect(name.length).toBeLessThanOrEqual(253);
    expect(name).not.toContain('..');
  });

  it.each<[Outcome, ReasonCode, boolean]>([
    ['repaired', 'healed', false],
    ['recovered', 'healed', false],
    ['escalated', 'wrong-machine', true],
    ['taken-over', 'taken-over', true],
    ['cancelled', 'cancel-requested', true],
  ])('to the end as %s says why, and warns where that is not well', (outcome, reason, warning) => {
    expect(phaseNotice(closedAs(outcome, reason), acting)).toMatchObject({
      reason: 'SlipwayRepairClosed',
      message: expect.stringContaining(`-> closed, ${outcome} (${reason})`),
      warning,
    });
  });

  it('to an end that nothing is known of warns', () => {
    expect(phaseNotice(entry({ to: 'closed' }), acting)).toMatchObject({ warning: true });
  });
});

describe('nothing is told', () => {
  it('of what changed no phase', () => {
    expect(phaseNotice(entry(), acting)).toBeUndefined();
  });

  it('of what observe mode would have done', () => {
    const { nodeUid } = acting;
    expect(phaseNotice(entry({ to: 'closed' }), { mode: 'observe', nodeUid })).toBeUndefined();
  });
});
