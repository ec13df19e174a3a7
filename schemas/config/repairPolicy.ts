/** Repair policies as operators write them: strict YAML, every mistake named with its place. */
import { z } from 'zod';
import { actionsOf, driverNames, proofOf, type DriverName } from '../../drivers/catalogue.ts';
import { conditionRules } from '../../domain/conditions/policy.ts';
import type { OwnCondition } from '../../domain/conditions/types.ts';
import { pastKept } from '../../domain/dispatch/relapse.ts';
import { onTimeouts, policyDefaults, type RepairPolicy } from '../../domain/repair/policy.ts';
import type { Parsed } from '../parsed.ts';
import { duration, mistakesOf, readYaml, strict, type TextFile } from '../yamlFile.ts';

const name = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'must be lower-case letters, digits and dashes');

const guardDefaults = policyDefaults.guard;
const touchDefaults = policyDefaults.touch;
const rungDefaults = policyDefaults.rung;

const verification = strict({
  timeout: duration.optional(),
  soak: duration.optional(),
}).refine(
  ({ timeout, soak }) =>
    (timeout ?? rungDefaults.verification.timeoutMs) > (soak ?? rungDefaults.verification.soakMs),
  'timeout must be longer than soak, or no node could ever pass; raise timeout or lower soak',
);

const hourMs = 60 * 60 * 1_000;

/** With no time a call could never be made, and a time of days would bound nothing. */
const callDuration = duration.refine(
  (ms) => ms > 0 && ms <= hourMs,
  'must be longer than 0 and at most 1h: it bounds one call to a BMC',
);

const rungShape = {
  name,
  attempts: z.int().min(1).max(10).default(rungDefaults.attempts),
  callTimeout: callDuration.optional(),
  tryWindow: duration.optional(),
  bootWindow: duration.optional(),
  verification: verification.optional(),
};

const ticketIsNoRung =
  'a ticket is no rung any more: remove this rung. A repair whose ladder is used up hands its node over, and every ' +
  "hand-over makes a ticket where the engine's configuration sets ticket.file or ticket.webhookUrl";

const [firstDriver, ...otherDrivers] = driverNames;
const noSuchDriver = `driver must be ${driverNames.join(' or ')}`;

const rung = z.discriminatedUnion('driver', [rungOf(firstDriver), ...otherDrivers.map(rungOf)], {
  error: ({ input }) => (isTicketRung(input) ? ticketIsNoRung : noSuchDriver),
});

/** The longest name that Kubernetes admits for a condition, and more than any observer needs. */
const checkName = z.string('must be the name of a check').min(1).max(317);

/** A check by its name, or a condition that only this policy knows how to read. */
const checkSpec = z.union(
  [
    checkName,
    strict({
      name: checkName,
      // YAML reads a word without quotes as a boolean.
      faultyWhen: z
        .union([z.enum(['True', 'False']), z.boolean()], 'must be "True" or "False"')
        .transform((status) => (status === true || status === 'True' ? 'True' : 'False')),
      confirmed: z.boolean().default(true),
    }),
  ],
  'must be a name, or { name: ..., faultyWhen: "True" or "False" }',
);

const specSchema = strict({
  checks: z.array(checkSpec).min(1, 'name at least one check'),
  holdDown: duration.optional(),
  soak: duration.optional(),
  touch: strict({
    controlPlane: z.boolean().default(touchDefaults.controlPlane),
    cordonedByOther: z.boolean().default(touchDefaults.cordonedByOther),
    disruptedByAutoscaler: z.boolean().default(touchDefaults.disruptedByAutoscaler),
  }).prefault({}),
  guard: strict({
    maxUnavailablePercent: z.number().min(0).max(100).default(guardDefaults.maxUnavailablePercent),
    maxUnavailableNodes: z.int().min(0).default(guardDefaults.maxUnavailableNodes),
    allowControlPlane: z.boolean().default(guardDefaults.allowControlPlane),
    allowSmallClusters: z.boolean().default(guardDefaults.allowSmallClusters),
  }).prefault({}),
  migration: strict({
    timeout: duration.optional(),
    onTimeout: z.enum(onTimeouts).default(policyDefaults.migration.onTimeout),
    barePods: z.enum(['refuse', 'evict']).default(policyDefaults.migration.barePods),
    doNotDisrupt: z.enum(['respect', 'ignore']).default(policyDefaults.migration.doNotDisrupt),
    localData: z.enum(['evict', 'refuse']).default(policyDefaults.migration.localData),
  }).prefault({}),
  relapse: strict({
    window: duration.optional(),
    escalateAfter: z.int().min(1).max(pastKept).default(policyDefaults.relapse.escalateAfter),
    within: duration.optional(),
  }).prefault({}),
  ladder: z.array(rung).max(20),
}).superRefine(({ ladder, checks }, context) => {
  checks.forEach((one, index) => {
    const message = turnedAround(one);
    if (message !== undefined)
      context.addIssue({ code: 'custom', path: ['checks', index, 'faultyWhen'], message });
  });
  ladder.forEach((step, index) => {
    if (ladder.findIndex((other) => other.name === step.name) === index) return;
    const message = `a second rung is named ${step.name}; give each its own name`;
    context.addIssue({ code: 'custom', path: ['ladder', index, 'name'], message });
  });
});

export const repairPolicySchema = strict({
  apiVersion: z.literal('slipway.dev/v1', 'must be slipway.dev/v1'),
  kind: z.literal('RepairPolicy', 'must be RepairPolicy'),
  metadata: strict({ name }),
  spec: specSchema,
});

/**
 * All policies of all files. One mistake anywhere refuses all of them, since a policy that is left out would change
 * what happens to a node; `why` holds one line per mistake.
 */
export function parseRepairPolicies(files: readonly TextFile[]): Parsed<readonly RepairPolicy[]> {
  const read = files.map(readFile);
  const placed = read.flatMap((file) => file.policies);
  const mistakes = [...read.flatMap((file) => file.mistakes), ...contradictions(placed)];
  if (mistakes.length > 0) return { ok: false, why: mistakes.join('\n') };
  return { ok: true, value: placed.map(({ policy }) => policy) };
}

type Placed = { readonly policy: RepairPolicy; readonly where: Where };
type Where = (path: readonly PropertyKey[]) => string;

function readFile(file: TextFile): { policies: Placed[]; mistakes: readonly string[] } {
  const yaml = readYaml(file);
  if (!yaml.ok) return { policies: [], mistakes: yaml.mistakes };
  if (yaml.documents.length === 0)
    return {
      policies: [],
      mistakes: [`${file.path}: holds no RepairPolicy; add one or remove it`],
    };
  const policies: Placed[] = [];
  const mistakes: string[] = [];
  for (const document of yaml.documents) {
    const parsed = repairPolicySchema.safeParse(document.value);
    if (parsed.success) policies.push({ policy: toPolicy(parsed.data), where: document.where });
    else mistakes.push(...mistakesOf(parsed.error, document));
  }
  return { policies, mistakes };
}

function rungOf(driver: DriverName) {
  const action = z.enum(actionsOf(driver));
  return strict({ ...rungShape, driver: z.literal(driver), action });
}

function isTicketRung(input: unknown): boolean {
  return (
    typeof input === 'object' && input !== null && 'driver' in input && input.driver === 'ticket'
  );
}

type Check = z.infer<typeof checkSpec>;

/** Says so where a policy contradicts what the table of conditions knows of a condition. */
function turnedAround(one: Check): string | undefined {
  if (typeof one === 'string') return undefined;
  const known = conditionRules.find(({ type }) => type === one.name);
  if (!known || known.verdicts[one.faultyWhen] === 'faulty') return undefined;
  const right = one.faultyWhen === 'True' ? 'False' : 'True';
  return `${one.name} is known, and is faulty when ${right}; write its name alone`;
}

function toPolicy({ metadata, spec }: z.infer<typeof repairPolicySchema>): RepairPolicy {
  const { readyHoldDownMs, holdDownMs } = policyDefaults;
  const checks = spec.checks.map(nameOf);
  return {
    name: metadata.name,
    checks,
    conditions: spec.checks.flatMap(ownCondition),
    holdDownMs: spec.holdDown ?? (checks.includes('Ready') ? readyHoldDownMs : holdDownMs),
    soakMs: spec.soak ?? policyDefaults.soakMs,
    touch: spec.touch,
    guard: spec.guard,
    migration: migrationOf(spec.migration),
    relapse: {
      windowMs: spec.relapse.window ?? policyDefaults.relapse.windowMs,
      escalateAfter: spec.relapse.escalateAfter,
      withinMs: spec.relapse.within ?? policyDefaults.relapse.withinMs,
    },
    ladder: spec.ladder.map(toRung),
  };
}

function nameOf(one: Check): string {
  return typeof one === 'string' ? one : one.name;
}

/** The condition that only this policy knows how to read; none where the table of conditions has it. */
function ownCondition(one: Check): OwnCondition[] {
  if (typeof one === 'string' || conditionRules.some(({ type }) => type === one.name)) return [];
  const { name: type, faultyWhen, confirmed: beats } = one;
  return [{ type, faultyWhen, beats }];
}

function migrationOf({
  timeout,
  ...rules
}: z.infer<typeof specSchema>['migration']): RepairPolicy['migration'] {
  return { timeoutMs: timeout ?? policyDefaults.migration.timeoutMs, ...rules };
}

function toRung(step: z.infer<typeof rung>): RepairPolicy['ladder'][number] {
  const { name: rungName, driver, action, attempts } = step;
  return {
    name: rungName,
    driver,
    action,
    proof: proofOf(driver, action),
    attempts,
    callTimeoutMs: step.callTimeout ?? rungDefaults.callTimeoutMs,
    tryWindowMs: step.tryWindow ?? rungDefaults.tryWindowMs,
    bootWindowMs: step.bootWindow ?? rungDefaults.bootWindowMs,
    verification: {
      timeoutMs: step.verification?.timeout ?? rungDefaults.verification.timeoutMs,
      soakMs: step.verification?.soak ?? rungDefaults.verification.soakMs,
    },
  };
}

/** A check that two policies name would get two different repairs. */
function contradictions(placed: readonly Placed[]): string[] {
  const firstByName = new Map<string, Where>();
  const firstByCheck = new Map<string, Placed>();
  const mistakes: string[] = [];
  for (const current of placed) {
    const { policy, where } = current;
    const namesake = firstByName.get(policy.name);
    if (namesake) {
      const other = namesake(['metadata', 'name']);
      mistakes.push(
        `${where(['metadata', 'name'])}: a policy ${policy.name} is also at ${other}; rename one`,
      );
    }
    firstByName.set(policy.name, namesake ?? where);
    policy.checks.forEach((check, index) => {
      const other = firstByCheck.get(check);
      firstByCheck.set(check, other ?? current);
      if (!other) return;
      const place = `${where(['spec', 'checks', index])}: spec.checks[${index}]`;
      mistakes.push(
        `${place}: ${check} is already named by policy ${other.policy.name}; keep it in one`,
      );
    });
  }
  return mistakes;
}
