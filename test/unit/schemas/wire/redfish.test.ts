import { describe, expect, it } from 'vitest';
import {
  parseActionInfo,
  parseRedfishProblem,
  parseRedfishSystem,
  parseSessionsLink,
} from '../../../../schemas/wire/redfish.ts';

const target = '/redfish/v1/Systems/1/Actions/ComputerSystem.Reset';

describe('a system', () => {
  it('needs no more than a place for resets', () => {
    const text = JSON.stringify({ Actions: { '#ComputerSystem.Reset': { target } } });
    expect(parseRedfishSystem(text)).toEqual({ ok: true, value: { resetTarget: target } });
  });

  it.each(['{}', '{"Actions":null}', '{"Actions":{"#ComputerSystem.Reset":null}}'])(
    'without a reset is read as %s',
    (text) => {
      expect(parseRedfishSystem(text)).toEqual({ ok: true, value: {} });
    },
  );

  it('of odd types is refused at its place', () => {
    expect(parseRedfishSystem('{"UUID":7}')).toMatchObject({
      ok: false,
      why: expect.stringMatching(/^UUID: /) as string,
    });
    expect(parseRedfishSystem('<html>')).toMatchObject({ ok: false });
  });
});

it('reset types are found in an ActionInfo, or not at all', () => {
  const parameter = { Name: 'ResetType', AllowableValues: ['On', null] };
  expect(parseActionInfo(JSON.stringify({ Parameters: [{ Name: 'x' }, parameter] }))).toEqual([
    'On',
  ]);
  expect(parseActionInfo('{"Parameters":[{"Name":"ResetType"}]}')).toBeUndefined();
  expect(parseActionInfo('{"Parameters":[]}')).toBeUndefined();
  expect(parseActionInfo('no')).toBeUndefined();
});

it('a service root says where sessions are opened', () => {
  const root = { Links: { Sessions: { '@odata.id': '/redfish/v1/Sessions/' } } };
  expect(parseSessionsLink(JSON.stringify(root))).toBe('/redfish/v1/Sessions/');
  expect(parseSessionsLink('{}')).toBeUndefined();
});

describe('a problem', () => {
  it('is told in the words of its first message, else of the whole', () => {
    const more = [{ MessageId: 'Base.1.0.Busy', Message: 'Busy.' }];
    const error = { message: 'See below.', '@Message.ExtendedInfo': more };
    expect(parseRedfishProblem(JSON.stringify({ error }))).toEqual({
      ids: ['Base.1.0.Busy'],
      message: 'Busy.',
    });
    expect(parseRedfishProblem('{"error":{"message":"No."}}')).toEqual({ ids: [], message: 'No.' });
  });

  it.each(['', '{}', '{"error":{}}'])('of %j says nothing', (text) => {
    expect(parseRedfishProblem(text)).toEqual({ ids: [], message: undefined });
  });
});
