/** Resets a machine through its BMC: at most one reset per call, and only of the machine that the Node runs on. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { EpochMs } from '../domain/vocabulary.ts';
import {
  parseBmcCredentials,
  parseBmcInventory,
  type BmcEntry,
  type BmcInventory,
} from '../schemas/bmcInventory.ts';
import type { Parsed } from '../schemas/parsed.ts';
import { parseRedfishSystem, type RedfishSystem } from '../schemas/redfish.ts';
import { callOnce, type HttpAnswer, type HttpCall, type HttpLimits } from './http.ts';
import type { Driver, RungRequest, RungResult } from './port.ts';

export type RedfishOptions = {
  /** Read anew for each call, so that a changed inventory or password needs no restart. */
  readonly inventoryFile: string;
  readonly clock: () => EpochMs;
  /** Hears of credentials files that others may read. */
  readonly onWarning: (warning: string) => void;
};

export function createRedfishDriver(options: RedfishOptions): Driver {
  const inventory = inventoryReader(options.inventoryFile);
  return {
    name: 'redfish',
    run: (request, signal) => run({ ...options, inventory }, request, signal),
  };
}

type Reading = RedfishOptions & { readonly inventory: () => Promise<Parsed<BmcInventory>> };

/** Parsing thousands of entries takes long, so an unchanged text is not parsed again. */
function inventoryReader(path: string): Reading['inventory'] {
  let known: { readonly text: string; readonly parsed: Parsed<BmcInventory> } | undefined;
  return async () => {
    const text = await readFile(path, 'utf8');
    if (known?.text !== text) known = { text, parsed: parseBmcInventory({ path, text }) };
    return known.parsed;
  };
}

/** The BMC of one node, ready to be called. */
type Bmc = { readonly entry: BmcEntry; readonly authorization: string; readonly ca?: string };

async function run(
  options: Reading,
  request: RungRequest,
  signal: AbortSignal,
): Promise<RungResult> {
  const bmc = await findBmc(options, request.node.name);
  if (!bmc.ok) return rejected(bmc.why);
  const limits: HttpLimits = { deadlineAt: request.deadlineAt, clock: options.clock, signal };
  const { address, systemId } = bmc.value.entry;
  const url = `${address}/redfish/v1/Systems/${encodeURIComponent(systemId)}`;
  const answer = await callOnce(callTo(bmc.value, 'GET', url), limits);
  const system = readSystem(answer, bmc.value.entry);
  if (!system.ok) return rejected(system.why);
  const objection = object(system.value, request);
  if (objection) return objection;
  const body = JSON.stringify({ ResetType: request.rung.action });
  const reset = callTo(bmc.value, 'POST', new URL(address).origin + system.value.resetTarget, body);
  return judge(await callOnce(reset, limits), request.rung.action);
}

async function findBmc(options: Reading, node: string): Promise<Parsed<Bmc>> {
  try {
    const { inventoryFile } = options;
    const inventory = await options.inventory();
    if (!inventory.ok) return inventory;
    const entry = Object.hasOwn(inventory.value, node) ? inventory.value[node] : undefined;
    if (!entry) return { ok: false, why: `${inventoryFile} names no BMC for ${node}; add it` };
    return await openBmc(options, entry);
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}

/** Throws for files that cannot be read. */
async function openBmc(options: RedfishOptions, entry: BmcEntry): Promise<Parsed<Bmc>> {
  const folder = dirname(options.inventoryFile);
  const path = resolve(folder, entry.credentialsFile);
  const credentials = parseBmcCredentials({ path, text: await readFile(path, 'utf8') });
  if (!credentials.ok) return credentials;
  if (((await stat(path)).mode & 0o077) !== 0)
    options.onWarning(`${path} can be read by others; run \`chmod 600 ${path}\``);
  const { username, password } = credentials.value;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  if (entry.caFile === undefined) return { ok: true, value: { entry, authorization } };
  const ca = await readFile(resolve(folder, entry.caFile), 'utf8');
  return { ok: true, value: { entry, authorization, ca } };
}

function callTo(bmc: Bmc, method: 'GET' | 'POST', url: string, body?: string): HttpCall {
  const { insecureSkipVerify } = bmc.entry;
  const content =
    body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  return {
    method,
    url: new URL(url),
    headers: { accept: 'application/json', authorization: bmc.authorization, ...content },
    ...(body !== undefined && { body }),
    tls: { rejectUnauthorized: !insecureSkipVerify, ...(bmc.ca !== undefined && { ca: bmc.ca }) },
  };
}

function readSystem(answer: HttpAnswer, { address, systemId }: BmcEntry): Parsed<RedfishSystem> {
  const what = `system ${systemId} at ${address}`;
  if (answer.kind !== 'answered') return { ok: false, why: `cannot read ${what}: ${answer.why}` };
  if (answer.status !== 200)
    return { ok: false, why: `cannot read ${what}: the BMC answered ${answer.status}` };
  const system = parseRedfishSystem(answer.body);
  return system.ok ? system : { ok: false, why: `cannot read ${what}: ${system.why}` };
}

/** Byte-swapped spellings of a UUID are not accepted: two machines may differ by just that. */
function object({ uuid, resetTypes }: RedfishSystem, request: RungRequest): RungResult | undefined {
  const { node, rung } = request;
  if (uuid === undefined || node.systemUuid === '' || !sameUuid(uuid, node.systemUuid))
    return {
      result: 'rejected',
      code: 'wrong-machine',
      detail: `the BMC's system has UUID ${uuid ?? '(none)'}, node ${node.name} has ${node.systemUuid || '(none)'}`,
    };
  if (resetTypes && !resetTypes.includes(rung.action))
    return rejected(`the BMC does not offer ${rung.action}, only ${resetTypes.join(', ')}`);
  return undefined;
}

function sameUuid(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Only what the BMC surely refused, or never heard, is `rejected`. */
function judge(answer: HttpAnswer, action: string): RungResult {
  if (answer.kind === 'not-sent') return rejected(`${action} was not sent: ${answer.why}`);
  if (answer.kind === 'lost') return unknown(`${action} was sent: ${answer.why}`);
  const detail = `${action}: the BMC answered ${answer.status}`;
  if (answer.status >= 200 && answer.status < 300) return { result: 'done', detail };
  return answer.status < 500 ? rejected(detail) : unknown(detail);
}

function rejected(detail: string): RungResult {
  return { result: 'rejected', detail };
}

function unknown(detail: string): RungResult {
  return { result: 'unknown', detail };
}
