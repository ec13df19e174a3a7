/** What the program ends with when it is called wrongly, or finds no servers. What it does with servers: `commands.test.ts`. */
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cliOutputSchema } from '../../../schemas/wire/cliOutput.ts';
import { spawned, type Ended } from '../../support/cli.ts';

let empty = '';
beforeAll(async () => {
  empty = await mkdtemp(join(tmpdir(), 'slipway-cli-'));
  await writeFile(join(empty, 'state.json'), '{"version":99}');
});
afterAll(() => rm(empty, { recursive: true, force: true }));

function here(...words: string[]): Promise<Ended> {
  return spawned(words, nowhere());
}

function nowhere(): NodeJS.ProcessEnv {
  return {
    HOME: join(empty, 'home'),
    XDG_CACHE_HOME: join(homedir(), '.cache'),
    KUBECONFIG: '',
  };
}

describe('a command line that is not right', () => {
  test.each([
    [['statu'], "unknown command 'statu'"],
    [['why'], "missing required argument 'node'"],
    [['status', '--nope'], "unknown option '--nope'"],
    [['status', '-o', 'xml'], 'Allowed choices are text, wide, json, yaml'],
    [['faults', 'list', '--limit', 'x'], 'It must be a whole number'],
    [['up', '--policies', '/nope'], 'It cannot be read: it does not exist.'],
    [['up', '--bin-dir', '/nope'], 'It cannot be read: it does not exist.'],
    [['up', '--ui-port', '99999'], 'It must be a whole number from 1 to 65535.'],
    [['engine', '--config', '/'], 'It is a folder, and must be a file.'],
    [['status', '--kubeconfig', '/'], 'It is a folder, and must be a file.'],
    [['hold', 'a-node'], 'SLP-002'],
    [['hold', 'a-node', '--reason', ' '], 'SLP-002'],
    [['dead', 'requeue', 'some', '--reason', 'x'], 'It must be a whole number'],
  ])('%j ends with 2 and says what is wrong', async (words, sentence) => {
    const { code, out, err } = await here(...words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(sentence);
  });

  test('help and version are answers, not errors', async () => {
    const [help, version] = await Promise.all([here('--help'), here('--version')]);
    expect([help.code, version.code]).toEqual([0, 0]);
    expect(help.out).toContain('Usage: slipway');
    expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('without servers', () => {
  test('one sentence says what there is not, and the next what to do', async () => {
    const { code, out, err } = await here('status');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err.trimEnd().split('\n')).toHaveLength(2);
    expect(err).toContain(join(empty, 'home', '.kube', 'config'));
    expect(err).toContain('slipway up');
    expect(err).toContain('SLP-106');
    const json = await here('repairs', 'list', '-o', 'json');
    expect(cliOutputSchema.parse(JSON.parse(json.err))).toMatchObject({ code: 'SLP-106', exit: 1 });
  });

  test('status shows what it could not read, and ends with 6', async () => {
    const { code, out } = await spawned(['status'], { KUBECONFIG: '/no/such/file' });
    expect(code).toBe(6);
    expect(out).toContain('No address of the hub is known.');
    expect(out).toContain('/no/such/file');
    expect(out).not.toContain('\u001B');
  });

  test('a context that the kubeconfig lacks is a wrong argument', async () => {
    const kubeconfig = join(empty, 'kubeconfig');
    await writeFile(kubeconfig, '{"apiVersion":"v1","kind":"Config","contexts":[]}');
    const ended = await here('status', '--kubeconfig', kubeconfig, '--context', 'nope');
    expect(ended).toMatchObject({ code: 2, out: '' });
    expect(ended.err).toContain('has no context "nope"');
  });

  test.each([
    ['SLIPWAY_NATS_URL', 'http://x'],
    ['SLIPWAY_TEMPORAL_ADDRESS', 'localhost'],
  ])('a wrong %s is named', async (name, value) => {
    const { code, err } = await spawned(['status'], { ...nowhere(), [name]: value });
    expect(code).toBe(2);
    expect(err).toContain(name);
  });

  test.each([['status'], ['--help'], ['faults', 'list', '-o', 'json']])(
    'a full device is told, once: %s',
    async (...words) => {
      const device = openSync('/dev/full', 'w');
      const { code, err } = await spawned(words, { KUBECONFIG: '/no/such/file' }, device);
      expect(code).toBe(1);
      expect(err).toContain(words[0] === 'faults' ? 'SLP-201' : 'SLP-703');
      expect(err).not.toContain('    at ');
      closeSync(device);
    },
  );

  test('a kubeconfig that cannot be read is named', async () => {
    const { code, err } = await spawned(['pause', '--reason', 'x', '--yes'], {
      KUBECONFIG: '/no/such/file',
    });
    expect(code).toBe(1);
    expect(err).toContain('/no/such/file could not be read');
    expect(err).toContain('SLP-101');
  });

  test('what lives in the journal alone says that the hub is not known', async () => {
    const { code, out, err } = await spawned(['repairs', 'list'], { KUBECONFIG: '/no/such/file' });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('SLP-201');
  });

  test('a state file of another version is named', async () => {
    const { code, err } = await here('status', '--data-dir', empty);
    expect(code).toBe(1);
    expect(err).toContain(join(empty, 'state.json'));
    expect(err).toContain('SLP-102');
  });

  test('a folder in which no stack was ever started is named', async () => {
    const { code, err } = await here('status', '--data-dir', join(empty, 'none'));
    expect(code).toBe(1);
    expect(err).toContain(`No local stack was ever started in ${join(empty, 'none')}`);
  });
});
