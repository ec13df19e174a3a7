/** The table of what answers mean. How the real API server phrases them is proved in test/int/kube. */
import { describe, expect, it, test } from 'vitest';
import { refusalOfError, refusalOfReply } from '../../../../kube/transport/refusal.ts';
import type { RefusalKind } from '../../../../kube/transport/refusal.ts';

function reply(code: number, status: unknown = {}, isRead = false) {
  return refusalOfReply({ code, status, retryAfter: undefined, isRead });
}

describe('an answer outside 2xx', () => {
  const table: readonly [number, RefusalKind, RefusalKind][] = [
    [400, 'invalid', 'invalid'],
    [401, 'forbidden', 'forbidden'],
    [403, 'forbidden', 'forbidden'],
    [404, 'transient', 'transient'],
    [409, 'conflict', 'conflict'],
    [410, 'conflict', 'conflict'],
    [422, 'invalid', 'invalid'],
    [429, 'throttled', 'throttled'],
    [500, 'ambiguous', 'transient'],
    [502, 'ambiguous', 'transient'],
    [503, 'transient', 'transient'],
    [504, 'ambiguous', 'transient'],
    [302, 'ambiguous', 'transient'],
  ];
  test.each(table)('%i means %s to a write and %s to a read', (code, toWrite, toRead) => {
    expect(reply(code).kind).toBe(toWrite);
    expect(reply(code, {}, true).kind).toBe(toRead);
  });

  it('is a budget only with its cause, and names every budget it can', () => {
    const causes = [
      { reason: 'DisruptionBudget', message: 'The disruption budget web needs 2 healthy pods' },
      { reason: 'DisruptionBudget', message: 'worded anew' },
    ];
    const refusal = reply(429, { reason: 'TooManyRequests', details: { causes } });
    expect(refusal).toMatchObject({ kind: 'budget', budgets: ['web'] });
    const other = { details: { causes: [{ reason: 'Other', message: causes[0]?.message }] } };
    expect(reply(429, other).kind).toBe('throttled');
  });

  it('takes rivalling budgets for a fault that waiting never mends', () => {
    const message = 'This pod has more than one PodDisruptionBudget, which is not supported.';
    expect(reply(500, { message }).kind).toBe('invalid');
  });

  const policy =
    "ValidatingAdmissionPolicy 'p' with binding 'p' denied request: rolled by its operator";
  const webhook = 'admission webhook "w.example" denied the request: not today';
  const called = 'Internal error occurred: failed calling webhook "w.example": deadline exceeded';
  test.each<[number, string, RefusalKind]>([
    [403, `pods "a" is forbidden: ${policy}`, 'admission'],
    [422, `Pod "a" is invalid: : ${policy}`, 'admission'],
    [401, policy, 'admission'],
    [403, webhook, 'admission'],
    [400, webhook, 'admission'],
    [429, webhook, 'admission'],
    [500, called, 'admission'],
    [403, 'pods "a" is forbidden: violates PodSecurity "restricted:latest"', 'admission'],
    [403, 'pods "a" is forbidden: User "u" cannot create resource "pods/eviction"', 'forbidden'],
    [403, 'Forbidden', 'forbidden'],
    [401, 'Unauthorized', 'forbidden'],
    [422, 'Pod "a" is invalid: metadata.uid: Invalid value', 'invalid'],
    [500, 'Internal error occurred: etcd', 'ambiguous'],
  ])('%i with %j is %s', (code, message, kind) => {
    expect(reply(code, { message }).kind).toBe(kind);
  });

  it('believes only the API server that something is not there', () => {
    expect(reply(404, { kind: 'Status', reason: 'NotFound' }).kind).toBe('not-found');
    expect(reply(404, '404 page not found').kind).toBe('transient');
  });

  it('waits for a namespace that is ending', () => {
    const causes = [{ reason: 'NamespaceTerminating', message: 'x' }];
    expect(reply(403, { details: { causes } }).kind).toBe('transient');
  });

  it('hands on the time to wait from the header, else from the status', () => {
    const status = { details: { retryAfterSeconds: 7 } };
    const inHeader = { code: 429, status, retryAfter: '3', isRead: false };
    expect(refusalOfReply(inHeader).retryAfterMs).toBe(3_000);
    expect(refusalOfReply({ ...inHeader, retryAfter: undefined }).retryAfterMs).toBe(7_000);
    expect(refusalOfReply({ ...inHeader, retryAfter: 'soon' }).retryAfterMs).toBeUndefined();
  });

  it('keeps the reason and has a message even for an empty body', () => {
    expect(reply(409, { reason: 'AlreadyExists' }).reason).toBe('AlreadyExists');
    expect(reply(502, undefined).message).toBe('The API server answered 502.');
  });
});

function failure(code: string): Error {
  return Object.assign(new Error('it broke'), { code });
}

describe('no answer', () => {
  it('is ambiguous once a write may have left us', () => {
    expect(refusalOfError(failure('ECONNRESET'), false).kind).toBe('ambiguous');
    expect(refusalOfError(failure('UND_ERR_SOCKET'), false).kind).toBe('ambiguous');
    expect(refusalOfError(new DOMException('timed out', 'TimeoutError'), false).kind).toBe(
      'ambiguous',
    );
  });

  it('is transient where nothing was sent, and for every read', () => {
    expect(refusalOfError(failure('ECONNREFUSED'), false).kind).toBe('transient');
    expect(refusalOfError(failure('UND_ERR_CONNECT_TIMEOUT'), false).kind).toBe('transient');
    expect(refusalOfError(failure('ECONNRESET'), true).kind).toBe('transient');
  });

  it('reads the code of a wrapped error and of several addresses tried', () => {
    const wrapped = new Error('fetch failed', { cause: failure('ECONNREFUSED') });
    expect(refusalOfError(wrapped, false).kind).toBe('transient');
    const both = Object.assign(new AggregateError([failure('A'), failure('B')]), {
      code: 'ECONNREFUSED',
    });
    expect(refusalOfError(both, false)).toEqual({
      kind: 'transient',
      message: 'ECONNREFUSED: it broke; it broke',
    });
  });
});
