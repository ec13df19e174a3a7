/** The fields of a Kubernetes audit event (audit.k8s.io/v1) that an oracle reads. */
import { z } from 'zod';

const time = z.iso.datetime();

const auditEventSchema = z.object({
  auditID: z.string(),
  stage: z.enum(['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic']),
  verb: z.string(),
  user: z.object({ username: z.string().default('') }),
  objectRef: z
    .object({
      resource: z.string().default(''),
      namespace: z.string().optional(),
      name: z.string().optional(),
      subresource: z.string().optional(),
    })
    .optional(),
  responseStatus: z.object({ code: z.int().optional() }).optional(),
  requestObject: z.unknown().optional(),
  responseObject: z.unknown().optional(),
  requestReceivedTimestamp: time,
  stageTimestamp: time,
});
export type AuditEvent = z.infer<typeof auditEventSchema>;

const beginning = '{"kind":"Event"';

/**
 * The event in one line of the audit log. A server that was killed can leave a line without its end, alone or before
 * the next event: then the answer is the whole event in the line, or undefined.
 */
export function parseAuditEvent(line: string): AuditEvent | undefined {
  const whole = line.slice(Math.max(0, line.lastIndexOf(beginning)));
  const json = readJson(line) ?? readJson(whole);
  return json === undefined ? undefined : auditEventSchema.parse(json);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
