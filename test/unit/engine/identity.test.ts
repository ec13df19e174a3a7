import { expect, test } from 'vitest';
import { processIdentity } from '../../../engine/identity.ts';

test('a process is not taken for the one before it, which had the same host name and process id', () => {
  const [one, other] = [processIdentity('cluster-1'), processIdentity('cluster-1')];
  expect(one).not.toBe(other);
  expect(one).toMatch(/^slipway\/cluster-1\//);
});
