import { describe, expect, test } from 'vitest';
import { doubtAbout, provesMachine, sharersOf } from '../../../../domain/machine/identity.ts';
import { placeholderUuids } from '../../../../domain/machine/placeholderUuids.ts';

const uuid = '4C4C4544-0042-3510-8052-B4C04F313233';
const node = { name: 'one', systemUuid: uuid };

describe('a UUID proves the machine', () => {
  test('when node and BMC agree, in letters of either case', () => {
    expect(provesMachine(node, uuid, [])).toEqual({ ok: true });
    expect(provesMachine(node, ` ${uuid.toLowerCase()}\n`, [])).toEqual({ ok: true });
  });

  test('and not when they differ, be it by the order of bytes', () => {
    const swapped = '44454C4C-4200-1035-8052-B4C04F313233';
    expect(provesMachine(node, swapped, [])).toEqual({
      ok: false,
      why: `the BMC's system has UUID ${swapped}, node one has ${uuid}`,
    });
    expect(provesMachine(node, undefined, [])).toEqual({
      ok: false,
      why: `the BMC's system has UUID (none), node one has ${uuid}`,
    });
  });

  test('and not when other nodes have it too', () => {
    expect(provesMachine(node, undefined, ['two'])).toMatchObject({
      why: expect.stringContaining('also that of two') as string,
    });
    expect(provesMachine(node, uuid, ['two'])).toEqual({
      ok: false,
      why: `UUID ${uuid} of node one is also that of two`,
    });
    const many = provesMachine(node, uuid, ['2', '3', '4', '5']);
    expect(many).toMatchObject({ why: `UUID ${uuid} of node one is also that of 2, 3, 4, ...` });
  });

  test.each(['', 'Not Settable', 'To be filled by O.E.M.', uuid.replaceAll('-', '')])(
    'and not when it is %j on both sides',
    (text) => {
      expect(provesMachine({ name: 'one', systemUuid: text }, text, []).ok).toBe(false);
    },
  );

  test.each([
    '00000000-0000-0000-0000-000000000000',
    'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
    'fefefefe-fefe-fefe-fefe-fefefefefefe',
    '58585858-5858-5858-5858-585858585858',
    '56F49712-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
    'FFFFFF00-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
    ...placeholderUuids,
  ])('and not when it is the placeholder %s', (text) => {
    expect(provesMachine({ name: 'one', systemUuid: text }, text, [])).toEqual({
      ok: false,
      why: `node one has the placeholder UUID ${text}, which proves no machine`,
    });
  });
});

test('placeholders are listed as UUIDs in small letters, or none could be met', () => {
  for (const text of placeholderUuids)
    expect(text).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
});

test('a UUID that holds an address of a network card is one', () => {
  expect(doubtAbout('00000000-0000-0000-0000-0CC47A6B1234')).toBeUndefined();
});

test('sharers are the other nodes with the same UUID, in letters of either case', () => {
  const nodes = [
    node,
    { name: 'two', systemUuid: uuid.toLowerCase() },
    { name: 'three', systemUuid: '' },
  ];
  expect(sharersOf(node, nodes)).toEqual(['two']);
});
