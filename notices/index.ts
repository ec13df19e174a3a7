/** Notices: what JOURNAL says, told to people. Each sink follows by itself, so none waits for another (DESIGN 14). */
import type { Kube } from '../kube/index.ts';
import { projectKubeEvents } from './kubeEvents.ts';
import type { Surroundings } from './sink.ts';

export type { Counting } from './sink.ts';

export type NoticesOptions = Surroundings & {
  /** Creates the Kubernetes Events. */
  readonly actor: Kube;
};

/** Runs until the signal; resolves when nothing is being told any more. Never rejects. */
export async function runNotices(options: NoticesOptions): Promise<void> {
  await projectKubeEvents(options);
}
