/** Everything that can be said to a repair, by whatever tool, goes to its inbox. */
import {
  CancellationScope,
  defineSignal,
  setDefaultSignalHandler,
  setHandler,
} from '@temporalio/workflow';
import { arriveSignal } from './contract/index.ts';
import type { Inbox } from './inbox.ts';

const temporal = { name: 'temporal', reason: "Temporal's own cancellation was requested" };

/** What is sent is read where it arrives: an error here would stop the repair for good. */
export function hear(inbox: Inbox, repairId: string): void {
  setHandler(defineSignal<[unknown]>(arriveSignal), (said) =>
    inbox.hear(repairId, arriveSignal, said),
  );
  setDefaultSignalHandler((name, said) => inbox.mishear(name, said));
}

/** Temporal's own cancellation is an arrival like others: an activity that it ended would end the undoing too. */
export async function uncancelled<T>(inbox: Inbox, work: () => Promise<T>): Promise<T> {
  void CancellationScope.current().cancelRequested.catch(() => {
    inbox.add({ kind: 'cancelRequested', by: temporal, requestId: 'temporal' });
  });
  return CancellationScope.nonCancellable(work);
}
