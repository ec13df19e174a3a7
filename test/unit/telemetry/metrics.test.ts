import { describe, expect, it } from 'vitest';
import { metrics, type Metric } from '../../../telemetry/metrics.ts';
import { createRegistry } from '../../../telemetry/registry.ts';

const all = Object.entries<Metric>(metrics);

describe('the list of metrics', () => {
  it.each(all)('%s is named after what it is and has bounded labels', (name, metric) => {
    expect(name).toMatch(/^slipway_[a-z]+(_[a-z]+)*$/);
    expect(name.endsWith('_total')).toBe(metric.type === 'counter');
    expect(metric.buckets !== undefined).toBe(metric.type === 'histogram');
    expect(metric.help).toMatch(/^[A-Z1].*\.$/);
    for (const unbounded of ['node', 'pod', 'repair', 'repairId', 'message'])
      expect(metric.labels).not.toContain(unbounded);
  });
});

describe('the registry', () => {
  it('is empty until something happens', () => {
    expect(createRegistry().text()).toBe('');
  });

  it('shows counters and gauges as Prometheus reads them', () => {
    const registry = createRegistry();
    registry.count('slipway_rung_attempts_total', { driver: 'redfish', result: 'done' });
    registry.count('slipway_rung_attempts_total', { result: 'done', driver: 'redfish' }, 2);
    registry.set('slipway_paused', {}, 1);
    registry.set('slipway_paused', {}, 0);
    registry.count('slipway_repairs_opened_total', { policy: 'a"b\\c\n' });
    expect(registry.text().split('\n')).toEqual([
      '# HELP slipway_rung_attempts_total Attempts of rungs, by driver and result.',
      '# TYPE slipway_rung_attempts_total counter',
      'slipway_rung_attempts_total{driver="redfish",result="done"} 3',
      '# HELP slipway_paused 1 while a person has paused Slipway, else 0.',
      '# TYPE slipway_paused gauge',
      'slipway_paused 0',
      '# HELP slipway_repairs_opened_total Repairs started.',
      '# TYPE slipway_repairs_opened_total counter',
      String.raw`slipway_repairs_opened_total{policy="a\"b\\c\n"} 1`,
      '',
    ]);
  });

  it('counts a histogram in each bucket that holds the value', () => {
    const registry = createRegistry();
    for (const value of [0.004, 0.2, 9_999])
      registry.observe('slipway_isolation_seconds', {}, value);
    const text = registry.text();
    expect(text).toContain('slipway_isolation_seconds_bucket{le="0.005"} 1\n');
    expect(text).toContain('slipway_isolation_seconds_bucket{le="0.25"} 2\n');
    expect(text).toContain('slipway_isolation_seconds_bucket{le="1800"} 2\n');
    expect(text).toContain('slipway_isolation_seconds_bucket{le="+Inf"} 3\n');
    expect(text).toContain(
      'slipway_isolation_seconds_sum 9999.204\nslipway_isolation_seconds_count 3\n',
    );
  });
});
