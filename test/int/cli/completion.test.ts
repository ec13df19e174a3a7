/** Completion in a real bash, of names that servers know too; and the plugin of a real kubectl. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cliOutputSchema } from '../../../schemas/wire/cliOutput.ts';
import { completionScript } from '../../../cli/completion/scripts.ts';
import { useStack } from '../../support/stack.ts';

const stack = useStack({ mode: 'observe' });
const bin = fileURLToPath(new URL('../../../bin/', import.meta.url));

let dir = '';
let node = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-completion-'));
  await writeFile(join(dir, 'completion.bash'), completionScript('bash'));
  await writeFile(join(dir, 'policy.yaml'), '');
  await mkdir(join(dir, 'folder'));
  await mkdir(join(dir, 'bin'));
  await symlink(join(bin, 'slipway.mjs'), join(dir, 'bin', 'slipway'));
  await symlink(join(bin, 'kubectl-slipway.mjs'), join(dir, 'bin', 'kubectl-slipway'));
  await chmod(join(bin, 'slipway.mjs'), 0o755);
  node = (await stack().createNodes(2))[0]!.name;
  await stack().startEngine('observe');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

type Ended = { readonly code: number; readonly out: string; readonly err: string };

/** What bash offers when Tab is pressed at the end of these words. */
async function tab(...words: string[]): Promise<string[]> {
  const script = `
    source ./completion.bash
    complete -p slipway >/dev/null || exit 9
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _slipway
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { code, out } = await execute('bash', ['-c', script, 'bash', 'slipway', ...words]);
  expect(code).toBe(0);
  return out.split('\n').filter((line) => line !== '');
}

function execute(
  file: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const path = [join(dir, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter);
  const { KUBECONFIG: _, ...outer } = process.env;
  return new Promise((resolve) => {
    const options = { cwd: dir, env: { ...outer, PATH: path, HOME: dir, ...env } };
    const child = execFile(file, words, options, (error, out, err) => {
      resolve({ code: error ? (child.exitCode ?? -1) : 0, out, err });
    });
  });
}

describe('in bash', () => {
  test.each([
    [['rep'], ['repairs']],
    [['repairs', 'ca'], ['cancel']],
    [['repairs', 'list', '-o', 'j'], ['json']],
    [['status', '--data'], ['--data-dir']],
    [['completion', 'z'], ['zsh']],
    [['up', '--policies', ''], []],
  ])('%j', async (words, offered) => {
    expect(await tab(...words)).toEqual(offered);
  });

  test('names of nodes come from the API server that was named', async () => {
    const { dataDir } = stack();
    expect(await tab('why', '--data-dir', dataDir, node.slice(0, 4))).toContain(node);
    expect(await tab('repairs', 'show', '--data-dir', dataDir, '')).toEqual([]);
  });

  test('files are left to bash itself', async () => {
    const script = `set -o vi; source ./completion.bash; compgen -f pol`;
    expect((await execute('bash', ['-c', script])).out).toBe('policy.yaml\n');
  });
});

describe('kubectl slipway', () => {
  const kubectl = (...words: string[]): Promise<Ended> => {
    const { kubectl: file, kubernetes, natsUrl } = stack().state;
    const env = { KUBECONFIG: kubernetes.kubeconfigs.alice, SLIPWAY_NATS_URL: natsUrl };
    return execute(file, ['slipway', ...words], env);
  };

  test('is found by kubectl, and asks the cluster of KUBECONFIG', async () => {
    const { code, out } = await kubectl('why', node, '-o', 'json');
    const view = cliOutputSchema.parse(JSON.parse(out));
    expect(view).toMatchObject({
      kind: 'Why',
      node,
      header: { cluster: { server: stack().state.kubernetes.url } },
    });
    expect(code).toBe(6);
  });

  test('names itself in what it advises, and keeps its exit codes', async () => {
    const paused = await kubectl('pause', '--reason', 'the test says so', '--yes');
    expect(paused).toMatchObject({ code: 0 });
    const status = await kubectl('status');
    expect(status.out).toContain('\nkubectl slipway resume --reason');
    expect(await kubectl('resume', '--reason', 'x', '--yes')).toMatchObject({ code: 0 });
    expect(await kubectl('why', 'no-such-node')).toMatchObject({ code: 6 });
    expect(await kubectl('status', '--context', 'nope')).toMatchObject({ code: 2, out: '' });
    const known = await kubectl('status', '--context', 'slipway-local', '-o', 'json');
    expect(known).toMatchObject({ code: 0, err: '' });
  });

  test('takes the first file of KUBECONFIG that is there', async () => {
    const { kubernetes, natsUrl } = stack().state;
    const KUBECONFIG = ['/no/such/file', kubernetes.kubeconfigs.alice].join(delimiter);
    const status = await execute('kubectl-slipway', ['status', '-o', 'json'], {
      KUBECONFIG,
      SLIPWAY_NATS_URL: natsUrl,
    });
    expect(status).toMatchObject({ code: 0 });
  });
});
