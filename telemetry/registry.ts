/** What the metrics of this process stand at, and their text for Prometheus. */
import {
  metrics,
  type LabelsOf,
  type Metric,
  type MetricName,
  type MetricType,
} from './metrics.ts';

type NamesOf<Type extends MetricType> = {
  [Name in MetricName]: (typeof metrics)[Name]['type'] extends Type ? Name : never;
}[MetricName];

export type Registry = {
  readonly count: <Name extends NamesOf<'counter'>>(
    name: Name,
    labels: LabelsOf<Name>,
    by?: number,
  ) => void;
  readonly set: <Name extends NamesOf<'gauge'>>(
    name: Name,
    labels: LabelsOf<Name>,
    value: number,
  ) => void;
  readonly observe: <Name extends NamesOf<'histogram'>>(
    name: Name,
    labels: LabelsOf<Name>,
    value: number,
  ) => void;
  /** Everything in the Prometheus text format, version 0.0.4. */
  readonly text: () => string;
};

type Labels = Readonly<Record<string, string>>;

/** One row of a metric: its value, or what a histogram has counted. */
type Series = {
  readonly labels: Labels;
  value: number;
  count: number;
  readonly perBucket: number[];
};

export function createRegistry(): Registry {
  const rows = new Map<MetricName, Map<string, Series>>();
  const seriesOf = (name: MetricName, labels: Labels): Series => {
    const ofMetric = rows.get(name) ?? new Map<string, Series>();
    rows.set(name, ofMetric);
    const key = labelText(name, labels);
    const series = ofMetric.get(key) ?? {
      labels,
      value: 0,
      count: 0,
      perBucket: bucketsOf(name).map(() => 0),
    };
    ofMetric.set(key, series);
    return series;
  };
  return {
    count: (name, labels, by = 1) => {
      seriesOf(name, labels).value += by;
    },
    set: (name, labels, value) => {
      seriesOf(name, labels).value = value;
    },
    observe: (name, labels, value) => {
      const series = seriesOf(name, labels);
      series.value += value;
      series.count += 1;
      bucketsOf(name).forEach((bound, index) => {
        if (value <= bound) series.perBucket[index] = (series.perBucket[index] ?? 0) + 1;
      });
    },
    text: () => [...rows].map(([name, series]) => metricText(name, [...series.values()])).join(''),
  };
}

function metricText(name: MetricName, rows: readonly Series[]): string {
  const { type, help } = definition(name);
  const lines = rows.flatMap((series) => seriesLines(name, series));
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
}

function seriesLines(name: MetricName, { labels, value, count, perBucket }: Series): string[] {
  if (definition(name).type !== 'histogram') return [`${name}${labelText(name, labels)} ${value}`];
  const bounds = [...bucketsOf(name).map(String), '+Inf'];
  const buckets = bounds.map((le, index) => {
    const text = labelText(name, labels, { le });
    return `${name}_bucket${text} ${perBucket[index] ?? count}`;
  });
  const own = labelText(name, labels);
  return [...buckets, `${name}_sum${own} ${value}`, `${name}_count${own} ${count}`];
}

/** Labels in the order of their definition, so that a row has one spelling. */
function labelText(name: MetricName, labels: Labels, more: Labels = {}): string {
  const own = definition(name).labels.map((label): [string, string] => [
    label,
    labels[label] ?? '',
  ]);
  const pairs = [...own, ...Object.entries(more)];
  if (pairs.length === 0) return '';
  return `{${pairs.map(([label, value]) => `${label}="${escapeValue(value)}"`).join(',')}}`;
}

function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function bucketsOf(name: MetricName): readonly number[] {
  return definition(name).buckets ?? [];
}

function definition(name: MetricName): Metric {
  return metrics[name];
}
