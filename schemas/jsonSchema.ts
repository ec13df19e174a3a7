/** The contracts as JSON Schema, for editors and for other languages. */
import { z } from 'zod';
import { cliOutputSchema } from './wire/cliOutput.ts';
import { engineConfigSchema } from './config/engineConfig.ts';
import { faultEventSchema } from './wire/faultEvent.ts';
import { repairPolicySchema } from './config/repairPolicy.ts';

/** By file name in `docs/schemas/`. What a writer may leave out is optional, whatever its default. */
export function jsonSchemas(): Readonly<Record<string, object>> {
  return {
    'fault-event.v1.json': toJsonSchema(faultEventSchema, 'Slipway fault event v1'),
    'repair-policy.v1.json': toJsonSchema(repairPolicySchema, 'Slipway RepairPolicy v1'),
    'cli-output.v1.json': toJsonSchema(cliOutputSchema, 'Slipway command line output v1'),
    'engine-config.v1.json': toJsonSchema(engineConfigSchema, 'Slipway EngineConfig v1'),
  };
}

function toJsonSchema(schema: z.ZodType, title: string): object {
  return { title, ...z.toJSONSchema(schema, { io: 'input' }) };
}
