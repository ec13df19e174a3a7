/** One conversation with a BMC: reads, at most one act, and a session where the BMC takes no password by itself. */
import { parseRedfishProblem, parseSessionsLink } from '../../schemas/wire/redfish.ts';
import type { Bmc } from '../bmc.ts';
import { callOnce, retryAfterOf } from '../http.ts';
import type { HttpAnswer, HttpCall, HttpLimits } from '../http.ts';

/** `refused` fails again until something else changes; `unavailable` may work later. */
export type Reading =
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'unavailable'; readonly why: string; readonly retryAfterMs?: number };

type FailedReading = Exclude<Reading, { readonly kind: 'read' }>;
type Answered = Extract<HttpAnswer, { readonly kind: 'answered' }>;
type Session = { readonly token: string; readonly place: URL | undefined };

const rootPath = '/redfish/v1/';
const usualSessionsPath = '/redfish/v1/SessionService/Sessions';
const unauthorized = 401;
const redirects: readonly number[] = [301, 302, 307, 308];
/** Of the codes below 500, those that say "not now". */
const later: readonly number[] = [408, 425, 429];
/** Nobody waits for a session to be closed longer than this: the BMC forgets it by itself. */
const closeWithinMs = 2_000;

/** Closes its session whatever happens. `sessionOnly` remembers the BMCs that take no basic authentication. */
export async function talkTo<T>(
  bmc: Bmc,
  limits: HttpLimits,
  sessionOnly: Set<string>,
  use: (talk: Talk) => Promise<T>,
): Promise<T> {
  const talk = new Talk(bmc, limits, sessionOnly);
  try {
    return await use(talk);
  } finally {
    await talk.close();
  }
}

export class Talk {
  readonly #bmc: Bmc;
  readonly #limits: HttpLimits;
  readonly #sessionOnly: Set<string>;
  readonly #base: URL;
  #session: Session | undefined;
  /** Whether the password goes with each call; never together with a session. */
  #isBasic: boolean;

  constructor(bmc: Bmc, limits: HttpLimits, sessionOnly: Set<string>) {
    this.#bmc = bmc;
    this.#limits = limits;
    this.#sessionOnly = sessionOnly;
    this.#base = new URL(bmc.entry.address);
    this.#isBasic = !sessionOnly.has(this.#base.origin);
  }

  /** Follows one redirect within the BMC itself: some answer so for every path without its trailing slash. */
  async read(url: URL): Promise<Reading> {
    if (!this.#isBasic && !this.#session) return this.#readInSession(url);
    const answer = await this.#follow('GET', url);
    const isUnauthorized = answer.kind === 'answered' && answer.status === unauthorized;
    return isUnauthorized && this.#isBasic ? this.#readInSession(url) : this.#judge(answer);
  }

  /** Sends an act exactly once and to exactly this place. */
  post(url: URL, body: string): Promise<HttpAnswer> {
    return callOnce(this.#call('POST', url, body), this.#limits);
  }

  /** The place on the BMC itself that a link leads to; undefined for anywhere else. */
  within(link: string): URL | undefined {
    const url = URL.canParse(link, this.#base.origin) && new URL(link, this.#base.origin);
    return url && url.origin === this.#base.origin ? url : undefined;
  }

  async close(): Promise<void> {
    const { place } = this.#session ?? {};
    if (!place) return;
    const { clock } = this.#limits;
    const signal = new AbortController().signal;
    const limits = { deadlineAt: clock() + closeWithinMs, clock, signal };
    await callOnce(this.#call('DELETE', place), limits);
  }

  async #readInSession(url: URL): Promise<Reading> {
    this.#isBasic = false;
    const refusal = await this.#logIn();
    return refusal ?? this.#judge(await this.#follow('GET', url));
  }

  /** A login acts on no machine, so it may be redirected like a read. */
  async #logIn(): Promise<FailedReading | undefined> {
    const { username, password } = this.#bmc.credentials;
    const body = JSON.stringify({ UserName: username, Password: password });
    const answer = await this.#follow('POST', await this.#sessionsUrl(), body);
    if (answer.kind === 'refused') return answer;
    if (answer.kind !== 'answered') return unavailable(`cannot log in: ${answer.why}`);
    const token = answer.headers['x-auth-token'];
    if (!isWell(answer.status) || typeof token !== 'string' || token === '') {
      return this.#notLoggedIn(answer);
    }
    const { location } = answer.headers;
    this.#session = { token, place: location === undefined ? undefined : this.within(location) };
    this.#sessionOnly.add(this.#base.origin);
    return undefined;
  }

  async #sessionsUrl(): Promise<URL> {
    const { address } = this.#bmc.entry;
    const usual = new URL(address + usualSessionsPath);
    const root = await this.#follow('GET', new URL(address + rootPath));
    const link = root.kind === 'answered' ? parseSessionsLink(root.body) : undefined;
    return (link !== undefined && this.within(link)) || usual;
  }

  #notLoggedIn(answer: Answered): FailedReading {
    this.#sessionOnly.delete(this.#base.origin);
    const isFull = parseRedfishProblem(answer.body).ids.some((id) => id.includes('SessionLimit'));
    if (isFull) return this.#notNow('the BMC has no session left', answer);
    if (isWell(answer.status))
      return { kind: 'refused', why: 'the BMC opened a session without a token' };
    const refusal = this.#refusalOf(answer);
    return { ...refusal, why: `cannot log in: ${refusal.why}` };
  }

  #judge(answer: HttpAnswer | FailedReading): Reading {
    if (answer.kind === 'refused' || answer.kind === 'unavailable') return answer;
    if (answer.kind !== 'answered') return unavailable(answer.why);
    return isWell(answer.status) ? { kind: 'read', text: answer.body } : this.#refusalOf(answer);
  }

  #refusalOf(answer: Answered): FailedReading {
    const { status, body } = answer;
    const why = `the BMC answered ${status}${toldIn(body)}`;
    return status >= 500 || later.includes(status)
      ? this.#notNow(why, answer)
      : { kind: 'refused', why };
  }

  #notNow(why: string, { headers }: Answered): FailedReading {
    const retryAfterMs = retryAfterOf(headers, this.#limits.clock());
    return retryAfterMs === undefined
      ? { kind: 'unavailable', why }
      : { kind: 'unavailable', why, retryAfterMs };
  }

  async #follow(
    method: 'GET' | 'POST',
    url: URL,
    body?: string,
  ): Promise<HttpAnswer | FailedReading> {
    const answer = await callOnce(this.#call(method, url, body), this.#limits);
    if (!isRedirect(answer)) return answer;
    const { location = '' } = answer.headers;
    const leads = location !== '' && URL.canParse(location, url.href);
    const target = leads ? new URL(location, url) : undefined;
    if (target?.origin !== this.#base.origin) return misled(location, 'which is not this BMC');
    const second = await callOnce(this.#call(method, target, body), this.#limits);
    return isRedirect(second)
      ? misled(String(second.headers.location), 'after one redirect already')
      : second;
  }

  #call(method: HttpCall['method'], url: URL, body?: string): HttpCall {
    const { entry, ca } = this.#bmc;
    const content =
      body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
    return {
      method,
      url,
      headers: { accept: 'application/json', 'odata-version': '4.0', ...this.#proof(), ...content },
      ...(body !== undefined && { body }),
      tls: { rejectUnauthorized: !entry.insecureSkipVerify, ...(ca !== undefined && { ca }) },
    };
  }

  #proof(): Record<string, string> {
    if (this.#session) return { 'x-auth-token': this.#session.token };
    if (!this.#isBasic) return {};
    const { username, password } = this.#bmc.credentials;
    const both = Buffer.from(`${username}:${password}`).toString('base64');
    return { authorization: `Basic ${both}` };
  }
}

/** What the BMC says about it in words, if anything. */
export function toldIn(body: string): string {
  const { message } = parseRedfishProblem(body);
  return message === undefined || message === '' ? '' : ` (${message.slice(0, 200)})`;
}

function isWell(status: number): boolean {
  return status >= 200 && status < 300;
}

function isRedirect(answer: HttpAnswer): answer is Answered {
  return answer.kind === 'answered' && redirects.includes(answer.status);
}

function misled(location: string, why: string): FailedReading {
  const where = location === '' ? 'nowhere' : `to ${location.slice(0, 200)}`;
  return { kind: 'refused', why: `the BMC redirects ${where}, ${why}` };
}

function unavailable(why: string): FailedReading {
  return { kind: 'unavailable', why };
}
