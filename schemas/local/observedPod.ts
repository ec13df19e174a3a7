/** What the oracle looks at in a Pod, read by nothing that the engine uses. */
import { z } from 'zod';

const observedPodSchema = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.object({ nodeName: z.string().default('') }),
});
export type ObservedPod = z.infer<typeof observedPodSchema>;

/** Reads a Pod as the API server answers it, or undefined when it is something else. */
export function parseObservedPod(body: unknown): ObservedPod | undefined {
  return observedPodSchema.safeParse(body).data;
}
