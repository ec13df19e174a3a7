/** What an examination concludes about the BMC inventory. */
import type { InventoryReport } from '../../drivers/inventoryCheck.ts';
import { counted } from '../text/amounts.ts';
import type { DoctorFinding } from './view.ts';

const about = 'BMC inventory';

export function inventoryFindings(report: InventoryReport | undefined): readonly DoctorFinding[] {
  if (!report) return [notExamined];
  if (report.kind === 'unreadable') return [{ about, grade: 'bad', what: report.why }];
  const { entries, problems, warnings, notAsked } = report;
  const well = entries - problems.length - notAsked;
  const first: DoctorFinding = {
    about,
    grade: 'good',
    what: `${counted(well, 'machine')} can be reset: the BMC answers and the UUID is the node's`,
  };
  return [
    ...(well > 0 ? [first] : []),
    ...problems.map(({ node, why }): DoctorFinding => ({
      about,
      grade: 'bad',
      what: `${node}: ${why}`,
    })),
    ...warnings.map((what): DoctorFinding => ({ about, grade: 'note', what })),
    ...listed(report.nodesWithoutEntry, 'no BMC is named for', 'Their machines are never reset.'),
    ...listed(report.entriesWithoutNode, 'the cluster has no node', 'Remove them, or mend names.'),
    ...(notAsked > 0
      ? [{ about, grade: 'note', what: `no time was left to ask ${notAsked} BMCs` } as const]
      : []),
  ];
}

const notExamined: DoctorFinding = {
  about,
  grade: 'note',
  what: 'not examined',
  advice: 'Name it: slipway doctor --bmc-inventory FILE.',
};

const mostNamed = 5;

function listed(names: readonly string[], what: string, advice: string): DoctorFinding[] {
  if (names.length === 0) return [];
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
  const all = names.slice(0, mostNamed).join(', ') + more;
  return [{ about, grade: 'note', what: `${what} ${all}`, advice }];
}
