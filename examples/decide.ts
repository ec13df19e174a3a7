/** Asks the pure core what a repair does next, event by event. Needs no server: `node examples/decide.ts`. */
import { decide } from '../domain/repair/decide.ts';
import { evolve, initialState } from '../domain/repair/evolve.ts';
import type { RepairEvent, RepairOpening } from '../domain/repair/types.ts';
import { parseRepairPolicies } from '../schemas/config/repairPolicy.ts';
import { readFileSync } from 'node:fs';

const path = 'examples/demo/policy.yaml';
const policies = parseRepairPolicies([{ path, text: readFileSync(path, 'utf8') }]);
const policy = policies.ok ? policies.value[0] : undefined;
if (!policy) throw new Error(`${path} holds no policy`);

const at = Date.parse('2026-12-01T10:00:00Z');
const about = { cluster: 'blue', node: 'node-1', nodeUid: 'uid-1' };
const fault = {
  ...about,
  id: 'e-1',
  bootId: 'boot-1',
  observer: 'node-conditions',
  check: 'KernelDeadlock',
  verdict: 'faulty',
  reason: 'TaskHung',
  message: 'a task is blocked',
  observedAt: at,
  counter: 1,
} as const;
const opening: RepairOpening = {
  ...about,
  repairId: 'r-1',
  mode: 'act',
  openedAt: at,
  fault,
  sequence: 1,
  policy,
  codeVersion: 'example',
};

const events: readonly RepairEvent[] = [
  { kind: 'permitGranted', out: 0, limit: 1, fit: true, at: at + 20 },
  { kind: 'isolated', at: at + 40 },
  { kind: 'podsTagged', pods: 0, at: at + 60 },
  { kind: 'lost', reason: 'held', detail: 'a person holds the node', at: at + 80 },
];

let state = initialState(opening);
for (const event of [undefined, ...events]) {
  if (event) state = evolve(state, event);
  const command = decide(state, policy, event?.at ?? at);
  process.stdout.write(`${event?.kind ?? 'opened'} -> ${state.phase}: ${command.kind}\n`);
}
