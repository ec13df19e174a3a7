/** What the simulator of BMCs reads and writes: its configuration, its machines, their behaviour, its call log. */
import { z } from 'zod';

/** The reset types of DMTF's ComputerSystem that the simulated machines know. */
export const resetTypes = [
  'On',
  'ForceOff',
  'GracefulShutdown',
  'GracefulRestart',
  'ForceRestart',
  'PowerCycle',
] as const;
export type ResetType = (typeof resetTypes)[number];

const resetType = z.enum(resetTypes);
const milliseconds = z.number().min(0);

/** How a simulated machine and its BMC answer to a reset. Everything left out is as in a well machine. */
const behaviourSchema = z.strictObject({
  /** A boot takes a time drawn evenly from this range. */
  bootMs: z.tuple([milliseconds, milliseconds]).optional(),
  /** Reset types that are accepted and change nothing. */
  ignores: z.array(resetType).optional(),
  /** Reset types after which the machine goes down and does not come back. */
  neverBootsAfter: z.array(resetType).optional(),
  /** Reset types that are answered with 409 and change nothing. */
  rejects: z.array(resetType).optional(),
  /** How long the BMC waits before each answer. */
  answersAfterMs: milliseconds.optional(),
  /** Resets are carried out and never answered. */
  neverAnswers: z.boolean().optional(),
  /** Problems on the node outlive a boot. */
  keepsProblems: z.boolean().optional(),
});
export type Behaviour = z.infer<typeof behaviourSchema>;

const systemSchema = z.strictObject({
  id: z.string().min(1),
  node: z.string().min(1),
  uuid: z.string().min(1),
  behaviour: behaviourSchema.optional(),
});
export type SimulatedSystem = z.infer<typeof systemSchema>;

/** What a BMC simulator is started with. */
const simulatorSchema = z.strictObject({
  port: z.int(),
  systemsFile: z.string(),
  callLog: z.string(),
  username: z.string(),
  password: z.string(),
  kubernetes: z.strictObject({ url: z.string(), caFile: z.string(), token: z.string() }),
});
export type SimulatorConfig = z.infer<typeof simulatorSchema>;

const callSchema = z.strictObject({
  at: z.iso.datetime(),
  system: z.string().nullable(),
  method: z.string(),
  path: z.string(),
  resetType: z.string().nullable(),
  /** The status of the answer; null when the caller is never answered. */
  answer: z.int().nullable(),
});
/** One line of the BMC's call log. */
export type BmcCall = z.infer<typeof callSchema>;

export function parseBehaviour(text: string): Behaviour {
  return behaviourSchema.parse(JSON.parse(text));
}
export function parseSystems(text: string): SimulatedSystem[] {
  return z.array(systemSchema).parse(JSON.parse(text));
}
export function parseSimulatorConfig(text: string): SimulatorConfig {
  return simulatorSchema.parse(JSON.parse(text));
}
export function parseBmcCall(line: string): BmcCall {
  return callSchema.parse(JSON.parse(line));
}

/** The reset type in a request's body, or undefined when it holds none that the machines know. */
export function parseResetRequest(text: string): ResetType | undefined {
  try {
    return z.object({ ResetType: resetType }).parse(JSON.parse(text)).ResetType;
  } catch {
    return undefined;
  }
}

/** The user and password in the body of a request for a session, or undefined. */
export function parseSessionRequest(
  text: string,
): { UserName: string; Password: string } | undefined {
  try {
    return z.object({ UserName: z.string(), Password: z.string() }).parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
