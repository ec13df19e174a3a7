/** The part of a kubeconfig that the Kubernetes client library leaves unread. */
import { parse } from 'yaml';
import { z } from 'zod';

const kubeconfigSchema = z.looseObject({
  users: z
    .array(
      z.looseObject({
        name: z.string(),
        user: z.looseObject({ tokenFile: z.string().optional() }).nullish(),
      }),
    )
    .nullish(),
});

/** The token file of each user that has one, as written; nothing where the text is no kubeconfig. */
export function tokenFilesOf(text: string): ReadonlyMap<string, string> {
  const config = kubeconfigSchema.safeParse(parseYaml(text));
  const users = config.data?.users ?? [];
  return new Map(
    users.flatMap(({ name, user }) =>
      user?.tokenFile === undefined ? [] : [[name, user.tokenFile]],
    ),
  );
}

function parseYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
