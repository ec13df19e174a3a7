/** What a local stack writes into its data folder: where each server listens, and what belongs to it. */
import { z } from 'zod';

const port = z.int().min(1).max(65_535);

const stackStateSchema = z.strictObject({
  version: z.literal(1),
  /** Made once per data folder; kept when the stack is started again. */
  stackId: z.string().min(1),
  /** The process that holds the stack. */
  pid: z.int().positive(),
  startedAt: z.iso.datetime(),
  /** True once every server answered. */
  ready: z.boolean(),
  natsUrl: z.string(),
  temporal: z.strictObject({
    address: z.string(),
    namespace: z.string(),
    uiUrl: z.string().optional(),
  }),
  kubernetes: z.strictObject({
    url: z.string(),
    caFile: z.string(),
    /** kubeconfig files by user. */
    kubeconfigs: z.strictObject({
      admin: z.string(),
      observer: z.string(),
      actor: z.string(),
      alice: z.string(),
    }),
    auditLog: z.string(),
  }),
  bmc: z.strictObject({ url: z.string(), callLog: z.string(), inventory: z.string() }).optional(),
  engineConfig: z.string(),
  kubectl: z.string(),
  children: z.array(
    z.strictObject({ name: z.string(), pid: z.int().positive(), logFile: z.string() }),
  ),
  /** Ports by name, tried again at the next start. */
  ports: z.record(z.string(), port),
});

export type StackState = Readonly<z.infer<typeof stackStateSchema>>;

/** Reads the text of a state file; `problem` says in one sentence what is wrong with it. */
export function parseStackState(text: string): { state: StackState } | { problem: string } {
  try {
    return { state: stackStateSchema.parse(JSON.parse(text)) };
  } catch (error) {
    const detail = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    return { problem: detail.replaceAll(/\s+/g, ' ') };
  }
}
