/** `docs/METRICS.md`, made of the list of metrics so that it cannot say anything else. */
import { metrics, type Metric } from './metrics.ts';

export function metricsPage(): string {
  const sections = Object.entries<Metric>(metrics).map(section);
  return [introduction, ...sections].join('\n');
}

const introduction = `# Metrics

With \`metrics.listen\` set, the engine serves these at \`/metrics\` in the text format of Prometheus. A counter or
histogram appears with its first event. Counts start anew with each process; what the whole cluster has seen is in the
journal. No label takes a node, a pod or a repair. This page is made of \`telemetry/metrics.ts\` and checked against
it by a test.
`;

function section([name, { type, help, labels, buckets }]: [string, Metric]): string {
  const named = labels.map((label) => `\`${label}\``).join(', ');
  const facts = [
    `- Type: ${type}`,
    ...(named === '' ? [] : [`- Labels: ${named}`]),
    ...(buckets ? [`- Buckets: ${buckets.join(', ')}`] : []),
  ];
  return `## ${name}\n\n${help}\n\n${facts.join('\n')}\n`;
}
