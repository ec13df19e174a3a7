/** The parts of a kubeconfig that the Kubernetes client library leaves unread, or is not trusted with. */
import { parse } from 'yaml';
import { z } from 'zod';

/** A program that is run for credentials. */
const pluginSchema = z.looseObject({
  apiVersion: z.string().default('client.authentication.k8s.io/v1'),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.looseObject({ name: z.string(), value: z.string() })).nullish(),
  installHint: z.string().optional(),
  provideClusterInfo: z.boolean().nullish(),
});

export type CredentialPlugin = z.infer<typeof pluginSchema>;

const userSchema = z.looseObject({
  tokenFile: z.string().optional(),
  exec: pluginSchema.nullish().catch(undefined),
});

const kubeconfigSchema = z.looseObject({
  users: z.array(z.looseObject({ name: z.string(), user: userSchema.nullish() })).nullish(),
});

export type UserEntry = z.infer<typeof userSchema>;

/** Each user's own entry; nothing where the text is no kubeconfig. */
export function usersOf(text: string): ReadonlyMap<string, UserEntry> {
  const users = kubeconfigSchema.safeParse(parseYaml(text)).data?.users ?? [];
  return new Map(users.flatMap(({ name, user }) => (user ? [[name, user]] : [])));
}

const credentialSchema = z.looseObject({
  status: z.looseObject({
    expirationTimestamp: z.iso.datetime({ offset: true }).nullish(),
    token: z.string().nullish(),
    clientCertificateData: z.string().nullish(),
    clientKeyData: z.string().nullish(),
  }),
});

export type PluginCredential = {
  readonly token?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Milliseconds since 1970; absent where it does not say. */
  readonly expiresAt?: number;
};

/** What a credential plugin printed; undefined where that is no ExecCredential. */
export function parsePluginCredential(text: string): PluginCredential | undefined {
  const { status } = credentialSchema.safeParse(parseYaml(text)).data ?? {};
  if (!status) return undefined;
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = status;
  return {
    ...(token && { token }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(expirationTimestamp && { expiresAt: Date.parse(expirationTimestamp) }),
  };
}

function parseYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
