/** The server of the simulated BMCs. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import {
  parseBehaviour,
  parseResetRequest,
  parseSessionRequest,
  parseSystems,
  type BmcCall,
  type SimulatorConfig,
} from '../../schemas/local/hardware.ts';
import { kubeApiOf, type KubeApi } from '../cluster/api.ts';
import { SimulatedMachine } from './machine.ts';
import {
  errorDocument,
  root,
  serviceRoot,
  sessionService,
  sessionsPath,
  systemCollection,
  systemDocument,
  systemsPath,
} from './redfish.ts';
import { replaceFile } from './replaceFile.ts';

type BmcReply = {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly afterMs?: number;
  /** Carried out, but the caller never hears of it. */
  readonly unanswered?: true;
};

function refuse(status: number, message: string): BmcReply {
  return {
    status,
    body: errorDocument(message),
  };
}
const notFound = refuse(404, 'There is no such resource.');
const tokenBytes = 16;

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    text += chunk;
  });
  await once(request, 'end');
  return text;
}

/** The BMCs of many machines behind one address, with a control surface for tests under `/control`. */
class Simulator {
  readonly #config: SimulatorConfig;
  readonly #machines = new Map<string, SimulatedMachine>();
  /** The tokens of open sessions by the path that closes them. */
  readonly #sessions = new Map<string, string>();
  #opened = 0;
  readonly #kubernetes: () => Promise<KubeApi>;

  constructor(config: SimulatorConfig) {
    const { url, caFile, token } = config.kubernetes;
    this.#config = config;
    this.#kubernetes = kubeApiOf(url, caFile, token);
    if (existsSync(config.systemsFile)) this.#add(readFileSync(config.systemsFile, 'utf8'));
  }

  /** Answers one request. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(request.url ?? '/').replace(/(?<=.)\/$/, '');
    const body = await readBody(request);
    const isControl = path.startsWith('/control/');
    const reply = isControl
      ? this.#control(request.method ?? '', path, body)
      : this.#redfish(request, path, body);
    if (reply.afterMs !== undefined) await delay(reply.afterMs);
    if (reply.unanswered) return;
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    response.end(reply.body === undefined ? '' : JSON.stringify(reply.body));
  }

  #redfish(request: IncomingMessage, path: string, body: string): BmcReply {
    const method = request.method ?? '';
    if (method === 'GET' && path === root) return { status: 200, body: serviceRoot };
    if (method === 'POST' && path === sessionsPath) return this.#openSession(body);
    if (!this.#isAuthorised(request)) return this.#logged(method, path, refuse(401, 'Log in.'));
    if (path.startsWith(`${root}/SessionService`)) return this.#sessionService(method, path);
    return path === systemsPath ? this.#systems(method, path) : this.#system(method, path, body);
  }

  #sessionService(method: string, path: string): BmcReply {
    if (method === 'DELETE')
      return this.#logged(method, path, this.#sessions.delete(path) ? { status: 204 } : notFound);
    return path === `${root}/SessionService` ? { status: 200, body: sessionService } : notFound;
  }

  #systems(method: string, path: string): BmcReply {
    const systems = [...this.#machines.values()].map((machine) => machine.system);
    return this.#logged(method, path, { status: 200, body: systemCollection(systems) });
  }

  #system(method: string, path: string, body: string): BmcReply {
    const [id = '', ...action] = path.slice(systemsPath.length + 1).split('/');
    const machine = path.startsWith(`${systemsPath}/`) ? this.#machines.get(id) : undefined;
    if (!machine) return this.#logged(method, path, notFound);
    const afterMs = machine.system.behaviour?.answersAfterMs ?? 0;
    if (method === 'GET' && action.length === 0) {
      const document = systemDocument(machine.system, machine.power);
      return this.#logged(method, path, { status: 200, body: document, afterMs }, id);
    }
    if (method === 'POST' && action.join('/') === 'Actions/ComputerSystem.Reset') {
      return { ...this.#reset(machine, path, body), afterMs };
    }
    return this.#logged(method, path, notFound, id);
  }

  /** The call is on record before anything happens to the machine, so the log never misses an act. */
  #reset(machine: SimulatedMachine, path: string, body: string): BmcReply {
    const type = parseResetRequest(body);
    const { id, behaviour } = machine.system;
    const log = (reply: BmcReply) => this.#logged('POST', path, reply, id, type);
    if (type === undefined) return log(refuse(400, 'ResetType is missing or not allowed.'));
    if (machine.power === 'Off' && type !== 'On')
      return log(refuse(409, 'The system is powered off.'));
    if (behaviour?.rejects?.includes(type)) {
      return log(refuse(409, `The system cannot do ${type} now.`));
    }
    const reply = log({
      status: 204,
      ...(behaviour?.neverAnswers === true && { unanswered: true }),
    });
    machine.reset(type);
    return reply;
  }

  #control(method: string, path: string, body: string): BmcReply {
    const [, , what = '', id = '', action = ''] = path.split('/');
    const acts = new Map([
      ['POST systems ', () => this.#add(body)],
      ['PUT systems behaviour', () => this.#behave(id, body)],
      ['POST systems reboot', () => this.#machine(id).reset('ForceRestart')],
      ['POST systems off', () => this.#machine(id).reset('ForceOff')],
    ]);
    const act = acts.get(`${method} ${what} ${action}`);
    if (what === 'health') return { status: 200, body: 'ok' };
    try {
      act?.();
      return act ? { status: 204 } : notFound;
    } catch (error) {
      return refuse(400, String(error));
    }
  }

  #machine(id: string): SimulatedMachine {
    const machine = this.#machines.get(id);
    if (!machine) throw new Error(`there is no machine ${id}`);
    return machine;
  }

  #add(text: string): void {
    for (const system of parseSystems(text)) {
      this.#machines.set(system.id, new SimulatedMachine(system, this.#kubernetes));
    }
    this.#save();
  }

  #behave(id: string, text: string): void {
    const behaviour = parseBehaviour(text);
    const machines = id === '*' ? [...this.#machines.values()] : [this.#machine(id)];
    for (const machine of machines) machine.system = { ...machine.system, behaviour };
    this.#save();
  }

  #save(): void {
    const systems = [...this.#machines.values()].map((machine) => machine.system);
    replaceFile(this.#config.systemsFile, JSON.stringify(systems));
  }

  #openSession(body: string): BmcReply {
    const asked = parseSessionRequest(body);
    const { username, password } = this.#config;
    if (asked?.UserName !== username || asked.Password !== password) {
      return refuse(401, 'Wrong user name or password.');
    }
    const token = randomBytes(tokenBytes).toString('hex');
    this.#opened += 1;
    const location = `${sessionsPath}/${this.#opened}`;
    this.#sessions.set(location, token);
    return this.#logged('POST', sessionsPath, {
      status: 201,
      headers: { 'x-auth-token': token, location },
      body: { '@odata.id': location, UserName: username },
    });
  }

  #isAuthorised(request: IncomingMessage): boolean {
    const { username, password } = this.#config;
    const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const session = request.headers['x-auth-token'];
    return (
      request.headers.authorization === basic ||
      [...this.#sessions.values()].some((token) => token === session)
    );
  }

  #logged(
    method: string,
    path: string,
    reply: BmcReply,
    ...[system = null, resetType = null]: (string | null | undefined)[]
  ): BmcReply {
    const call: BmcCall = {
      at: new Date().toISOString(),
      system,
      method,
      path,
      resetType,
      answer: reply.unanswered ? null : reply.status,
    };
    appendFileSync(this.#config.callLog, `${JSON.stringify(call)}\n`);
    return reply;
  }
}

/** Serves the simulated BMCs on the loopback address until the process ends. */
export function serveHardware(config: SimulatorConfig): Server {
  const simulator = new Simulator(config);
  const server = createServer((request, response) => {
    simulator.handle(request, response).catch(() => response.destroy());
  });
  return server.listen(config.port, '127.0.0.1');
}
