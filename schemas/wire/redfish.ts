/** The little of Redfish (DMTF DSP0266, DSP0268) that a reset needs, as loosely as BMCs in the field write it. */
import { z } from 'zod';
import { explain, parseJson, type Parsed } from '../parsed.ts';

const text = z.string().nullish();
/** Some BMCs leave holes in their lists. */
const words = z
  .array(z.unknown())
  .transform((list) => list.filter((one) => typeof one === 'string'));

const system = z.looseObject({
  UUID: text,
  PowerState: text,
  Actions: z
    .looseObject({
      '#ComputerSystem.Reset': z
        .looseObject({
          target: z.string().min(1),
          'ResetType@Redfish.AllowableValues': words.nullish(),
          '@Redfish.ActionInfo': text,
        })
        .nullish(),
    })
    .nullish(),
});

export type RedfishSystem = {
  readonly uuid: string | undefined;
  readonly power: string | undefined;
  /** A path or a URL; where it leads is for the caller to judge. Undefined where the system has no reset. */
  readonly resetTarget: string | undefined;
  /** Undefined where the system does not list them. */
  readonly resetTypes: readonly string[] | undefined;
  /** Where they may be listed instead. */
  readonly actionInfo: string | undefined;
};

/** Reads the answer to `GET /redfish/v1/Systems/<id>`. */
export function parseRedfishSystem(body: string): Parsed<RedfishSystem> {
  const parsed = readLoosely(body, system);
  if (!parsed.ok) return parsed;
  const { UUID, PowerState, Actions } = parsed.value;
  const reset = Actions?.['#ComputerSystem.Reset'];
  const value = {
    uuid: UUID ?? undefined,
    power: PowerState ?? undefined,
    resetTarget: reset?.target,
    resetTypes: reset?.['ResetType@Redfish.AllowableValues'] ?? undefined,
    actionInfo: reset?.['@Redfish.ActionInfo'] ?? undefined,
  };
  return { ok: true, value };
}

const actionInfo = z.looseObject({
  Parameters: z.array(z.looseObject({ Name: text, AllowableValues: words.nullish() })),
});

/** The reset types of an ActionInfo resource, undefined where it lists none. */
export function parseActionInfo(body: string): readonly string[] | undefined {
  const parsed = readLoosely(body, actionInfo);
  if (!parsed.ok) return undefined;
  const parameter = parsed.value.Parameters.find(({ Name }) => Name === 'ResetType');
  return parameter?.AllowableValues ?? undefined;
}

const serviceRoot = z.looseObject({
  Links: z.looseObject({ Sessions: z.looseObject({ '@odata.id': z.string().min(1) }) }),
});

/** Where a service root says that sessions are opened. */
export function parseSessionsLink(body: string): string | undefined {
  const parsed = readLoosely(body, serviceRoot);
  return parsed.ok ? parsed.value.Links.Sessions['@odata.id'] : undefined;
}

const problem = z.looseObject({
  error: z.looseObject({
    message: text,
    '@Message.ExtendedInfo': z.array(z.looseObject({ MessageId: text, Message: text })).nullish(),
  }),
});

export type RedfishProblem = {
  readonly ids: readonly string[];
  readonly message: string | undefined;
};

/** What a BMC says about a request that it did not carry out; anything unreadable says nothing. */
export function parseRedfishProblem(body: string): RedfishProblem {
  const parsed = readLoosely(body, problem);
  if (!parsed.ok) return { ids: [], message: undefined };
  const { message, '@Message.ExtendedInfo': more } = parsed.value.error;
  const ids = (more ?? []).flatMap(({ MessageId }) => MessageId ?? []);
  const told = (more ?? []).flatMap(({ Message }) => Message ?? []);
  return { ids, message: told[0] ?? message ?? undefined };
}

function readLoosely<T>(body: string, schema: z.ZodType<T>): Parsed<T> {
  const json = parseJson(body.replace(/^\uFEFF/, ''));
  if (!json.ok) return json;
  const parsed = schema.safeParse(json.value);
  return parsed.success
    ? { ok: true, value: parsed.data }
    : { ok: false, why: explain(parsed.error) };
}
