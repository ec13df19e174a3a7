/** What tests, demo and oracle look at in a Node, read by nothing that the engine uses. */
import { z } from 'zod';

const texts = z.record(z.string(), z.string()).default({});

const observedNodeSchema = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    resourceVersion: z.string(),
    labels: texts,
    annotations: texts,
  }),
  spec: z
    .object({
      unschedulable: z.boolean().default(false),
      taints: z.array(z.object({ key: z.string(), effect: z.string() })).default([]),
    })
    .default({ unschedulable: false, taints: [] }),
  status: z.object({
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
    nodeInfo: z.object({ bootID: z.string(), systemUUID: z.string() }),
  }),
});
export type ObservedNode = z.infer<typeof observedNodeSchema>;

/** Reads a Node as the API server answers it, or undefined when it is something else. */
export function parseObservedNode(body: unknown): ObservedNode | undefined {
  return observedNodeSchema.safeParse(body).data;
}
