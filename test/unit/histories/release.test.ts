/** Which release a recorded history belongs to. That they are all replayed is test/histories/replay.test.ts. */
import { expect, test } from 'vitest';
import { releasesIn, unreleasedOf } from '../../histories/kept.ts';

test('releases are the versions that have a heading in the changelog', () => {
  const changelog =
    '# Changelog\n\n## Unreleased\n\n- 0.3.0 is next.\n\n## 0.2.0 (2026-12-01)\n\n## [0.1.0]\n';
  expect(releasesIn(changelog)).toEqual(['0.2.0', '0.1.0']);
});

test('the version that is being worked on may be recorded', () => {
  expect(unreleasedOf('0.2.0', ['0.1.0'])).toBe('0.2.0');
});

test('a released version is never recorded again', () => {
  expect(() => unreleasedOf('0.1.0', ['0.1.0'])).toThrow(/0\.1\.0 is released: raise the version/);
});
