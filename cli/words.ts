/** Every reason code as a sentence for a person; the type keeps the list whole. */
import type { WaitReason } from '../domain/repair/types.ts';

const sentences: Readonly<Record<WaitReason, string>> = {
  healed: 'The node is healthy again.',
  rebooted: 'The node was rebooted in between, so what was known of it no longer counts.',
  replaced: 'The node was replaced: its name now belongs to another machine.',
  deleted: 'The node was deleted.',
  'taken-over': 'A person or another program took the node over.',
  held: 'The node is on hold by a person.',
  paused: 'Slipway is paused for the whole cluster.',
  'permit-lost': 'The permit to have the node out is gone; a new one is asked for.',
  'journal-unavailable':
    'The journal does not answer, and nothing is done that cannot be recorded.',
  'node-unreadable': 'The node could not be read or written; it is tried again soon.',
  'pods-unreadable': 'The pods of the node could not be listed; it is tried again soon.',
  'budget-blocks': 'A disruption budget forbids moving the pods that are left.',
  'unknown-health': 'Nobody can say whether the node is well: a reporter is silent or not ready.',
  'not-newer': 'The report is not newer than what is known.',
  'no-policy': 'No policy names this check, so it leads to no repair.',
  'not-faulty': 'No check reports a fault.',
  'holding-down': 'The fault is young; a repair opens only if it lasts.',
  'already-open': 'A repair of this node is open already.',
  'handed-over': 'The last repair handed the node to a person; it stays theirs until it is well.',
  'node-unknown': 'The cluster has no node of this name.',
  'wrong-node-uid': 'The reports belong to another machine of the same name.',
  'cordoned-by-other': 'Somebody else cordoned the node.',
  'control-plane': 'It is a control-plane node, which the policy does not allow to touch.',
  'being-deleted': 'The node is being deleted.',
  'disrupted-by-autoscaler': 'An autoscaler is about to remove the node.',
  'budget-full': 'As many nodes as the policy allows are out already.',
  'cluster-too-small': 'The cluster has fewer than three nodes.',
  'nodes-unreadable':
    'The nodes of the cluster could not be read, so nobody knows how many are out.',
  'ledger-unreadable': 'The permits could not be read or written on the hub.',
  'cancel-requested': 'A person cancelled the repair.',
  'cancelled-mid-repair': 'A person cancelled after a rung was tried, so the node stays isolated.',
  'held-mid-repair': 'The node was put on hold after a rung was tried, so it stays isolated.',
  'ladder-exhausted': 'Every rung of the ladder was tried.',
  'migration-timed-out': 'The pods could not be moved in time.',
  'still-faulty': 'The check still reports the fault.',
  'boot-window-over': 'The machine did not come back with a new boot in time.',
  'verification-timed-out': 'No evidence of health came in time.',
  'rejected-by-driver': 'The driver refused the rung; nothing was sent to the machine.',
  'unknown-after-boot-window': 'Nobody knows what the attempt did, and the machine did not reboot.',
  'wrong-machine': 'The hardware at that address is another machine; it was not touched.',
  'observe-mode': 'Slipway only observes here: it says what it would do.',
  'terminated-outside': 'The repair was ended from outside.',
  boot: 'It waits for the machine to boot.',
  evidence: 'It waits for evidence of health from this boot.',
  soak: 'The node is healthy and has to stay so for a while.',
};

export function explain(reason: WaitReason): string {
  return sentences[reason] ?? `The reason is ${reason}, which this version does not know.`;
}
