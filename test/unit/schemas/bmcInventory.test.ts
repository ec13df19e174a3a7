import { describe, expect, it } from 'vitest';
import { parseBmcCredentials, parseBmcInventory } from '../../../schemas/bmcInventory.ts';

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
        'ip-10-0-1-17.eu-west-1.compute.internal': {
          address: 'https://bmc-17.example',
          systemId: '1',
          credentialsFile: 'bmc.yaml',
          insecureSkipVerify: false,
        },
      },
    });
  });

  it.each([
    ['https://bmc-17.example/', 'bmc-17', 'i.yaml:3: nodes.ip-10'],
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
