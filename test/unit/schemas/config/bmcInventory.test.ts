import { describe, expect, it } from 'vitest';
import {
  entryOf,
  parseBmcCredentials,
  parseBmcInventory,
} from '../../../../schemas/config/bmcInventory.ts';

const text = `nodes:
  ip-10-0-1-17.eu-west-1.compute.internal:
    address: https://bmc-17.example/
    systemId: "1"
    credentialsFile: bmc.yaml
`;

describe('a BMC inventory', () => {
  it('maps nodes to BMCs', () => {
    expect(parseBmcInventory({ path: 'i.yaml', text })).toEqual({
      ok: true,
      value: {
        entries: {
          'ip-10-0-1-17.eu-west-1.compute.internal': {
            address: 'https://bmc-17.example',
            systemId: '1',
            credentialsFile: 'bmc.yaml',
            insecureSkipVerify: false,
          },
        },
        shared: new Map(),
      },
    });
  });

  it.each([
    ['https://bmc-17.example/', 'bmc-17', 'i.yaml:3: nodes.ip-10'],
    ['https://bmc-17', 'https://root:secret@bmc-17', 'must hold no user'],
    ['example/', 'example/?x=1', 'must hold no user'],
    ['systemId: "1"', 'systemId: 1', 'i.yaml:4: '],
    ['systemId', 'system', 'unknown key system'],
    ['nodes:', 'nodez:', 'unknown key nodez'],
    ['credentialsFile: bmc.yaml', 'credentialsFile: [', 'not valid YAML'],
  ])('with %j as %j is refused at its place', (from, to, why) => {
    const read = parseBmcInventory({ path: 'i.yaml', text: text.replace(from, to) });
    expect(read.ok ? '' : read.why).toContain(why);
  });

  it('is one document', () => {
    expect(parseBmcInventory({ path: 'i.yaml', text: '' }).ok).toBe(false);
    expect(parseBmcInventory({ path: 'i.yaml', text: `${text}---\n${text}` }).ok).toBe(false);
  });
});

describe('two entries for one system', () => {
  const entry = (address: string, systemId = 'System.1') => ({
    address,
    systemId,
    credentialsFile: 'bmc.yaml',
  });
  const read = (nodes: Record<string, unknown>) => {
    const parsed = parseBmcInventory({ path: 'i.yaml', text: JSON.stringify({ nodes }) });
    if (!parsed.ok) throw new Error(parsed.why);
    return parsed.value;
  };

  it.each([
    entry('https://bmc.example'),
    entry('https://BMC.Example/'),
    entry('https://bmc.example:443//'),
    entry('https://bmc.example.'),
    entry('http://bmc.example'),
    entry('https://bmc.example', 'system.1'),
    entry('https://bmc.example', '/System.1/'),
  ])('are both refused, however the second is written: %o', (second) => {
    const other = entry('https://other.example');
    const inventory = read({ a: entry('https://bmc.example'), b: second, c: other });
    expect(entryOf(inventory, 'a')).toEqual({
      ok: false,
      problem: 'shared',
      why: 'system System.1 at https://bmc.example is named for a and b; one of them is wrong',
    });
    expect(entryOf(inventory, 'b')).toMatchObject({ ok: false, problem: 'shared' });
    expect(entryOf(inventory, 'c')).toMatchObject({ ok: true });
  });

  it.each([
    entry('https://bmc.example', 'System.2'),
    entry('https://bmc.example:8443'),
    entry('https://bmc.example/17'),
  ])('are told from two systems behind one host: %o', (second) => {
    const inventory = read({ a: entry('https://bmc.example'), b: second });
    expect(entryOf(inventory, 'b')).toMatchObject({ ok: true });
  });

  it('are not found under a name that every object has', () => {
    expect(entryOf(read({}), 'constructor')).toMatchObject({ ok: false, problem: 'missing' });
  });
});

describe('BMC credentials', () => {
  it('are a user name and a password, in YAML or JSON', () => {
    const value = { username: 'u', password: 'p' };
    expect(parseBmcCredentials({ path: 'c', text: JSON.stringify(value) })).toEqual({
      ok: true,
      value,
    });
  });

  it('are never repeated in a mistake', () => {
    const read = parseBmcCredentials({ path: 'c', text: 'username: u\npassword: [s3cret]\n' });
    expect(read.ok ? '' : read.why).toMatch(/^c:2: password: /);
    expect(read.ok ? '' : read.why).not.toContain('s3cret');
  });
});
