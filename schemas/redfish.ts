/** The little of a Redfish ComputerSystem (DMTF DSP0268) that a reset needs. */
import { z } from 'zod';
import { explain, parseJson, type Parsed } from './parsed.ts';

const system = z.looseObject({
  UUID: z.string().optional(),
  PowerState: z.string().nullish(),
  Actions: z.looseObject({
    '#ComputerSystem.Reset': z.looseObject({
      target: z.string().regex(/^\/(?!\/)/, 'must be a path on the BMC itself'),
      'ResetType@Redfish.AllowableValues': z.array(z.string()).optional(),
    }),
  }),
});

export type RedfishSystem = {
  readonly uuid: string | undefined;
  readonly resetTarget: string;
  /** Undefined where the BMC does not list them. */
  readonly resetTypes: readonly string[] | undefined;
};

/** Reads the answer to `GET /redfish/v1/Systems/<id>`. */
export function parseRedfishSystem(text: string): Parsed<RedfishSystem> {
  const json = parseJson(text);
  if (!json.ok) return json;
  const parsed = system.safeParse(json.value);
  if (!parsed.success) return { ok: false, why: explain(parsed.error) };
  const reset = parsed.data.Actions['#ComputerSystem.Reset'];
  const resetTypes = reset['ResetType@Redfish.AllowableValues'];
  return { ok: true, value: { uuid: parsed.data.UUID, resetTarget: reset.target, resetTypes } };
}
