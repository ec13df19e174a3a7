/**
 * Readers of what Slipway itself wrote, perhaps by another version (ADR 15): unknown fields and codes are kept and
 * shown, and a record that an older build rewrites loses none of them.
 */
import { z } from 'zod';

/** A code of a closed list today, and any other text that a newer minor version may have written. */
export function openCode<Code extends string>(): z.ZodCustom<Code, Code> {
  return z.custom<Code>((value) => typeof value === 'string' && value !== '');
}

/** The wire form of this major version: later minor versions count up behind the point. */
export function majorVersion<Major extends number>(major: Major): z.ZodCustom<Major, Major> {
  return z.custom<Major>((value) => typeof value === 'number' && Math.floor(value) === major);
}
