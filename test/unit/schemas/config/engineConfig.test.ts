import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { engineConfigSchema, EngineConfig } from '../../../../schemas/config/engineConfig.ts';
import {
  engineSettings,
  logLevels,
  readEngineConfig,
} from '../../../../schemas/config/engineConfig.ts';

const text = `apiVersion: slipway.dev/v1
kind: EngineConfig
nats:
  url: nats://hub:4222
temporal:
  address: temporal:7233
kubernetes:
  observerKubeconfig: kube/observer.yaml
  actorKubeconfig: /etc/slipway/actor.yaml
policies: [policies, /more.yaml]
`;
const file = { path: '/etc/slipway/engine.yaml', text };

function mistakes(changed: string, flags = {}, environment = {}): string {
  const read = readEngineConfig({ file: { ...file, text: changed }, flags, environment });
  return read.ok ? '' : read.why;
}

describe('the engine configuration', () => {
  it('is read with defaults, observing, and with paths relative to its file', () => {
    expect(readEngineConfig({ file })).toEqual({
      ok: true,
      value: {
        apiVersion: 'slipway.dev/v1',
        kind: 'EngineConfig',
        mode: 'observe',
        nats: { url: 'nats://hub:4222' },
        temporal: { address: 'temporal:7233', namespace: 'slipway' },
        kubernetes: {
          observerKubeconfig: '/etc/slipway/kube/observer.yaml',
          actorKubeconfig: '/etc/slipway/actor.yaml',
        },
        policies: ['/etc/slipway/policies', '/more.yaml'],
        leaseSeconds: 15,
        limits: {
          evictionsPerSecond: 50,
          movesAtOnce: 40,
          sweepSeconds: 20,
          failingTaskSeconds: 600,
        },
        logLevel: 'info',
      },
    });
  });

  it('has the type it says', () => {
    expectTypeOf<z.infer<typeof engineConfigSchema>>().toExtend<EngineConfig>();
  });

  it('takes a setting from the flag, else the file, else the environment', () => {
    const environment = { SLIPWAY_MODE: 'act', SLIPWAY_LOG_LEVEL: 'debug' };
    const modeOf = (more: string, flags = {}) => {
      const read = readEngineConfig({ file: { ...file, text: text + more }, flags, environment });
      return read.ok ? `${read.value.mode} ${read.value.logLevel}` : read.why;
    };
    expect(modeOf('')).toBe('act debug');
    expect(modeOf('mode: observe\nlogLevel: warn\n')).toBe('observe warn');
    expect(modeOf('mode: observe\n', { '--mode': 'act' })).toBe('act debug');
  });

  it('needs no file', () => {
    const environment = {
      SLIPWAY_NATS_URL: 'nats://hub:4222',
      SLIPWAY_TEMPORAL_ADDRESS: 'temporal:7233',
      SLIPWAY_OBSERVER_KUBECONFIG: 'a',
      SLIPWAY_ACTOR_KUBECONFIG: 'b',
      SLIPWAY_POLICIES: 'policies',
    };
    expect(readEngineConfig({ environment })).toMatchObject({
      ok: true,
      value: { policies: ['policies'], kubernetes: { observerKubeconfig: 'a' } },
    });
  });

  it.each([
    ['mode: ackt\n', '/etc/slipway/engine.yaml:11: mode: must be one of observe, act'],
    [
      'mod: act\n',
      '/etc/slipway/engine.yaml:1: (top level): unknown key mod; known here: apiVersion',
    ],
    ['ticket: {webhookUrl: "https://x"}\n', 'set secretFile too'],
    ['ticket: {}\n', 'engine.yaml:11: ticket: set webhookUrl, file or both'],
    ['mode: act\nmode: observe\n', 'engine.yaml:12: not valid YAML'],
    ['metrics: {listen: 9464}\n', 'engine.yaml:11: metrics.listen: must be a text'],
    ['metrics: {listen: "9464"}\n', 'metrics.listen: must be host:port, such as 0.0.0.0:9464'],
    ['metrics: {}\n', 'metrics.listen: missing; set it in the file or as SLIPWAY_METRICS_LISTEN'],
    ['leaseSeconds: 2\n', 'leaseSeconds: must be a whole number from 3 to 300'],
    ['limits: {evictionsPerSecond: 0}\n', 'must be a whole number from 1 to 1000'],
    ['limits: {movesAtOnce: 1.5}\n', 'movesAtOnce: must be a whole number from 1 to 1000'],
    ['limits: {sweepSeconds: 4}\n', 'sweepSeconds: must be a whole number from 5 to 600'],
    ['limits: {failingTaskSeconds: 59}\n', 'must be a whole number from 60 to 86400'],
    ['limits: {evictions: 1}\n', 'unknown key evictions'],
    ['---\nkind: Other\n', 'must hold exactly one EngineConfig'],
  ])('with %j added is refused with its place', (added, why) => {
    expect(mistakes(text + added)).toContain(why);
  });

  it('says what misses and how to set it', () => {
    const why = mistakes('apiVersion: slipway.dev/v1\nkind: EngineConfig\n');
    expect(why.split('\n')).toContain(
      '/etc/slipway/engine.yaml:1: nats.url: missing; set it in the file or as SLIPWAY_NATS_URL',
    );
    expect(why.split('\n')).toHaveLength(4);
  });

  it('blames the flag or the variable that gave a wrong value', () => {
    expect(mistakes(text, { '--mode': 'x' })).toMatch(/^--mode: mode: must be one of/);
    expect(mistakes(text, {}, { SLIPWAY_LOG_LEVEL: 'x' })).toMatch(/^SLIPWAY_LOG_LEVEL: logLevel/);
  });

  it('that is no mapping, or two, is refused', () => {
    expect(mistakes('[]')).toContain('exactly one EngineConfig');
    expect(mistakes('')).toContain('exactly one EngineConfig');
    expect(mistakes(text.replace('nats:\n  url: nats://hub:4222', 'nats: x'))).toContain(
      'engine.yaml:3: nats',
    );
  });

  it('has one variable for each setting', () => {
    const variables = engineSettings.map(({ variable }) => variable);
    expect(new Set(variables).size).toBe(variables.length);
    expect(logLevels).toContain('info');
  });
});
