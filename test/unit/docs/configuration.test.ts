/** The page on configuration tells the truth about every setting. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseBmcInventory } from '../../../schemas/config/bmcInventory.ts';
import { engineSettings, readEngineConfig } from '../../../schemas/config/engineConfig.ts';
import { ticketHeaders } from '../../../domain/vocabulary/hub.ts';

const page = readFileSync(new URL('../../../docs/CONFIGURATION.md', import.meta.url), 'utf8');
const samples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1] ?? '');
const rows = page.split('\n').filter((line) => line.startsWith('| `'));

const minimal = {
  SLIPWAY_NATS_URL: 'nats://hub:4222',
  SLIPWAY_TEMPORAL_ADDRESS: 'temporal:7233',
  SLIPWAY_OBSERVER_KUBECONFIG: 'observer',
  SLIPWAY_ACTOR_KUBECONFIG: 'actor',
};

describe('docs/CONFIGURATION.md', () => {
  it.each(engineSettings)('has a row for $path', ({ path, variable, flag }) => {
    const row = rows.find((line) => line.startsWith(`| \`${path.join('.')}\``)) ?? '';
    const cells = row.split('|').map((cell) => cell.trim());
    expect(cells.slice(2, 4)).toEqual([`\`${variable}\``, flag === undefined ? '' : `\`${flag}\``]);
  });

  it('shows a configuration that is read, with every setting in it', () => {
    const read = readEngineConfig({
      file: { path: '/etc/slipway/engine.yaml', text: samples[0] ?? '' },
    });
    expect(read).toMatchObject({ ok: true });
    const keys = [...(samples[0] ?? '').matchAll(/^ *(\w+): \S/gm)].map((match) => match[1] ?? '');
    const settings = keys.filter((key) => !['apiVersion', 'kind'].includes(key));
    for (const key of settings) expect(rows.join('\n')).toMatch(new RegExp(`[.\`]${key}\``));
  });

  it('states the default of each limit', () => {
    const read = readEngineConfig({ environment: minimal });
    const limits = Object.entries(read.ok ? read.value.limits : {});
    expect(limits.length).toBeGreaterThan(3);
    for (const [key, value] of limits) {
      const row = rows.find((line) => line.startsWith(`| \`limits.${key}\``)) ?? '';
      expect(row.split('|')[4]?.trim()).toBe(`\`${value}\``);
    }
  });

  it('shows an inventory that is read', () => {
    expect(parseBmcInventory({ path: 'i', text: samples[1] ?? '' })).toMatchObject({ ok: true });
  });

  it('names the headers of the webhook', () => {
    for (const header of Object.values(ticketHeaders)) expect(page).toContain(`\`${header}\``);
  });
});
