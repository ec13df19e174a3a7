/** Stands before a real BMC server and behaves as the firmware of some vendor does; what is asked of it is kept. */
import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export type Asked = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

type Reset = {
  target: unknown;
  'ResetType@Redfish.AllowableValues'?: unknown;
  '@Redfish.ActionInfo'?: unknown;
};
export type SystemDocument = {
  UUID?: unknown;
  PowerState?: unknown;
  Actions?: { '#ComputerSystem.Reset': Reset };
};

export type Quirk = {
  /** Answers in the place of the BMC; undefined lets the request pass. */
  readonly instead?: (asked: Asked, base: string) => Answer | undefined;
  /** Changes a system's document on its way out. */
  readonly system?: (document: SystemDocument, base: string) => void;
  /** Changes the bytes of a document on their way out. */
  readonly text?: (body: string) => string;
};

export type QuirkyBmc = {
  readonly url: string;
  readonly asked: readonly Asked[];
  readonly become: (quirk: Quirk) => void;
  readonly stop: () => Promise<void>;
};

/** Knows sessions alone; says so to everybody who sends a password with a request. */
export const noBasic: Quirk = {
  instead: (asked) =>
    isLogin(asked) || asked.headers['x-auth-token'] !== undefined
      ? undefined
      : { status: 401, body: error('Log in first.') },
};

export const sessionsAreFull: Quirk = {
  instead: (asked, base) =>
    isLogin(asked)
      ? { status: 400, body: error('No more sessions.', 'Base.1.18.SessionLimitExceeded') }
      : noBasic.instead?.(asked, base),
};

/** Passes what it does not answer itself on to `target`; without a quirk it changes nothing. */
export async function startQuirkyBmc(target: string, quirk: Quirk = {}): Promise<QuirkyBmc> {
  let now = quirk;
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const serve = async (): Promise<void> => {
      const one = await askedBy(request);
      asked.push(one);
      const answer = now.instead?.(one, base()) ?? (await pass(target, one, now, base()));
      reply(response, answer);
    };
    serve().catch(() => response.destroy());
  });
  const base = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: base(),
    asked,
    become: (other) => {
      now = other;
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.closeAllConnections();
      server.close();
      await closed;
    },
  };
}

async function askedBy(request: IncomingMessage): Promise<Asked> {
  const { method = '', url = '/', headers } = request;
  return { method, path: url, headers, body: await textOf(request) };
}

async function pass(target: string, asked: Asked, quirk: Quirk, base: string): Promise<Answer> {
  const { method, path, headers, body } = asked;
  const outgoing = httpRequest(target + path, { method, headers, agent: false });
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  outgoing.end(body);
  const [response] = await answered;
  const text = await textOf(response);
  const { 'x-auth-token': token, location } = response.headers;
  return {
    status: response.statusCode ?? 0,
    headers: {
      ...(typeof token === 'string' && { 'x-auth-token': token }),
      ...(location !== undefined && { location }),
    },
    body: response.statusCode === 200 && method === 'GET' ? changed(text, quirk, base) : text,
  };
}

async function textOf(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function changed(text: string, quirk: Quirk, base: string): string {
  const document = JSON.parse(text) as SystemDocument;
  if (document.Actions) quirk.system?.(document, base);
  const body = JSON.stringify(document);
  return quirk.text?.(body) ?? body;
}

function reply(response: ServerResponse, { status, headers, body = '' }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function isLogin({ method, path }: Asked): boolean {
  return method === 'POST' && path.includes('/SessionService/Sessions');
}

/** Every path is known with a slash at its end alone. */
export function wantsSlash(status: number): Quirk {
  return {
    instead: ({ path }) =>
      path.endsWith('/') ? undefined : { status, headers: { location: `${path}/` } },
    system: ({ Actions }) => {
      const reset = Actions!['#ComputerSystem.Reset'];
      reset.target = `${String(reset.target)}/`;
    },
  };
}

export function busy(retryAfter?: string): Quirk {
  return {
    instead: () => ({
      status: 503,
      ...(retryAfter !== undefined && { headers: { 'retry-after': retryAfter } }),
      body: error('The service is temporarily unavailable.'),
    }),
  };
}

function error(message: string, messageId = 'Base.1.18.GeneralError'): object {
  return {
    error: { message, '@Message.ExtendedInfo': [{ MessageId: messageId, Message: message }] },
  };
}

/** Offers these reset types and no other. */
export function offers(types: unknown): Quirk {
  return {
    system: ({ Actions }) => {
      Actions!['#ComputerSystem.Reset']['ResetType@Redfish.AllowableValues'] = types;
    },
  };
}

export function withUuid(uuid: unknown): Quirk {
  return {
    system: (document) => {
      document.UUID = uuid;
    },
  };
}

export function withPower(power: unknown): Quirk {
  return {
    system: (document) => {
      document.PowerState = power;
    },
  };
}
