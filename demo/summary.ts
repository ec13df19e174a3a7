/** What the demo leaves on the screen: how each story ended by the logs, and where to go on. */
import type { NoticeVerdict } from './notice.ts';
import type { Played, Scene } from './play.ts';
import type { Stage } from './stage.ts';

export function summary(stage: Stage, { scenes, notice }: Played, ends: boolean): string[] {
  return [
    '',
    'By the audit log of the API server and the call log of the BMCs:',
    ...scenes.flatMap(lineOf),
    '',
    'By the receiver of the tickets, whose webhook was down at first:',
    ...noticeLines(notice),
    ...(ends ? [] : places(stage, scenes)),
  ];
}

function noticeLines({ delivered, refused, seconds, problems }: NoticeVerdict): string[] {
  const sign = problems.length === 0 ? 'ok' : 'WRONG';
  const how = delivered
    ? `the ticket of (c) arrived after ${seconds.toFixed(1)} s and ${refused === 1 ? '1 try' : `${refused} tries`} in vain`
    : 'the ticket of (c) did not arrive';
  return [`  ${sign.padEnd(6)}${how}`, ...problems.map((problem) => `            ${problem}`)];
}

function lineOf({ scenario, verdict, node }: Scene): string[] {
  const { outcome, seconds, resets, problems } = verdict;
  const sign = problems.length === 0 ? 'ok' : 'WRONG';
  const calls = resets.length === 0 ? 'no reset' : resets.join(' > ');
  const head = `  ${sign.padEnd(6)}(${scenario.letter}) ${outcome.padEnd(10)} ${seconds.toFixed(1).padStart(5)} s  ${node}  ${calls}`;
  return [head, ...problems.map((problem) => `            ${problem}`)];
}

function places({ stack }: Stage, scenes: readonly Scene[]): string[] {
  const escalated = scenes.find(({ verdict }) => verdict.outcome === 'escalated') ?? scenes[0];
  const dataDir = `--data-dir ${stack.dataDir}`;
  const { kubectl, kubernetes, temporal } = stack.state;
  return [
    '',
    `The ticket of the node beyond repair, with its evidence: ${stack.dataDir}/tickets.jsonl`,
    `Every repair as a story in Temporal's web page (read-only): ${temporal.uiUrl ?? ''}`,
    '',
    'All of it keeps running until Ctrl-C. Try from another terminal, in this folder:',
    `  npx slipway status ${dataDir}`,
    `  npx slipway why ${escalated?.node ?? ''} ${dataDir}`,
    `  ${kubectl} --kubeconfig ${kubernetes.kubeconfigs.alice} get nodes`,
  ];
}
