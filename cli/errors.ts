/**
 * The catalogue of failures: every foreseen one that a person may meet, by the code that docs, command line and
 * runbooks use.
 */

/** Whether the same request may be sent again. */
export type RetryClass =
  /** It fails again until something else changes. */
  | 'after-change'
  /** Nothing was done; it may work later. */
  | 'safe'
  /** Perhaps it was done: look first. */
  | 'look-first';

export type CatalogueEntry = {
  readonly code: `SLP-${number}`;
  readonly meaning: string;
  readonly next: string;
  readonly retry: RetryClass;
  /** What the command line exits with (docs/CLI.md). */
  readonly exit: 1 | 2 | 3 | 4 | 5 | 6 | 130;
};

export type ErrorName = keyof typeof errorCatalogue;

export const errorCatalogue = {
  usage: {
    code: 'SLP-001',
    meaning: 'The command line was not understood.',
    next: 'Read the help of the command: add --help.',
    retry: 'after-change',
    exit: 2,
  },
  reasonMissing: {
    code: 'SLP-002',
    meaning: 'A command that changes something was given without a reason.',
    next: 'Add --reason with a few words: they are recorded beside your name.',
    retry: 'after-change',
    exit: 2,
  },
  cannotAsk: {
    code: 'SLP-003',
    meaning: 'The command asks before it changes anything, and there is no terminal to ask on.',
    next: 'Look at it with --dry-run, then add --yes.',
    retry: 'after-change',
    exit: 2,
  },
  declined: {
    code: 'SLP-004',
    meaning: 'The question was answered with no. Nothing was changed.',
    next: 'Run the command again if you change your mind.',
    retry: 'safe',
    exit: 1,
  },
  interrupted: {
    code: 'SLP-005',
    meaning: 'The question was answered with Ctrl-C. Nothing was changed.',
    next: 'Run the command again if you change your mind.',
    retry: 'safe',
    exit: 130,
  },
  kubeconfigUnusable: {
    code: 'SLP-101',
    meaning: 'The kubeconfig cannot be used, or the API server it names does not answer.',
    next: 'Check the file given by --kubeconfig or KUBECONFIG, and that its server runs.',
    retry: 'safe',
    exit: 1,
  },
  stateUnreadable: {
    code: 'SLP-102',
    meaning: 'The state file of the local stack cannot be read.',
    next: 'Give --data-dir, or stop the stack that wrote the file and start it again.',
    retry: 'after-change',
    exit: 1,
  },
  kubeRefused: {
    code: 'SLP-103',
    meaning: 'The Kubernetes API refused the request.',
    next: 'Read its message; kubectl auth whoami tells who you are to it.',
    retry: 'after-change',
    exit: 1,
  },
  kubeAmbiguous: {
    code: 'SLP-104',
    meaning: 'The Kubernetes API did not answer in time: the change may have been made.',
    next: 'Look whether it was made before trying again: slipway status, and slipway why for a node.',
    retry: 'look-first',
    exit: 1,
  },
  clusterUnknown: {
    code: 'SLP-105',
    meaning: 'The id of the cluster is not known, since its API server does not answer.',
    next: 'Give the id with --cluster (the UID of the namespace kube-system), or wait for the API.',
    retry: 'safe',
    exit: 1,
  },
  noServers: {
    code: 'SLP-106',
    meaning: 'There is no local stack here, and nobody said where other servers are.',
    next: 'Start a local stack with slipway up, or give --kubeconfig FILE, --nats URL and --temporal HOST:PORT.',
    retry: 'after-change',
    exit: 1,
  },
  stackStopped: {
    code: 'SLP-107',
    meaning: 'The local stack is not running.',
    next: 'Start it with slipway up, or give --kubeconfig FILE, --nats URL and --temporal HOST:PORT.',
    retry: 'after-change',
    exit: 1,
  },
  hubNotConfigured: {
    code: 'SLP-201',
    meaning: 'Nobody said where the hub (NATS) listens.',
    next: 'Give --nats URL, set SLIPWAY_NATS_URL, or start a local stack with slipway up.',
    retry: 'after-change',
    exit: 1,
  },
  hubUnreachable: {
    code: 'SLP-202',
    meaning: 'The hub (NATS) does not answer.',
    next: 'Check that it runs and that the address is meant: slipway doctor.',
    retry: 'safe',
    exit: 1,
  },
  hubRefused: {
    code: 'SLP-203',
    meaning: 'The hub (NATS) refused the request.',
    next: 'Check the streams and your rights on them: slipway doctor.',
    retry: 'after-change',
    exit: 1,
  },
  recordUnreadable: {
    code: 'SLP-204',
    meaning: 'A record on the hub cannot be read by this version. It was left as it is.',
    next: 'Use the version of slipway that wrote it, or report a defect.',
    retry: 'after-change',
    exit: 1,
  },
  recordChanged: {
    code: 'SLP-205',
    meaning: "Somebody else changed the node's record at the same moment. Nothing was changed.",
    next: 'Look at the node with slipway why NODE, then try again.',
    retry: 'safe',
    exit: 1,
  },
  streamMissing: {
    code: 'SLP-206',
    meaning: 'The hub (NATS) answers, but a stream or bucket that Slipway keeps there is gone.',
    next: 'An engine that leads makes it again within seconds, if its user of the hub may; see what is missing: slipway doctor.',
    retry: 'safe',
    exit: 1,
  },
  temporalNotConfigured: {
    code: 'SLP-301',
    meaning: 'Nobody said where Temporal listens.',
    next: 'Give --temporal HOST:PORT, set SLIPWAY_TEMPORAL_ADDRESS, or start a local stack with slipway up.',
    retry: 'after-change',
    exit: 1,
  },
  temporalUnreachable: {
    code: 'SLP-302',
    meaning: 'Temporal does not answer.',
    next: 'Check that it runs and that the address is meant: slipway doctor.',
    retry: 'safe',
    exit: 1,
  },
  temporalFailed: {
    code: 'SLP-303',
    meaning: 'Temporal did not carry out the request, or nobody knows whether it did.',
    next: 'Look whether it was done before trying again: slipway repairs list.',
    retry: 'look-first',
    exit: 1,
  },
  nodeNotFound: {
    code: 'SLP-401',
    meaning: 'The cluster has no node of this name.',
    next: 'List the nodes: kubectl get nodes.',
    retry: 'after-change',
    exit: 5,
  },
  repairNotFound: {
    code: 'SLP-402',
    meaning: 'The journal knows no repair of this id in this cluster.',
    next: 'List the repairs: slipway repairs list --all.',
    retry: 'after-change',
    exit: 5,
  },
  deadNotFound: {
    code: 'SLP-403',
    meaning: 'Nothing was set aside under this number.',
    next: 'List what was set aside: slipway dead list.',
    retry: 'after-change',
    exit: 5,
  },
  repairOver: {
    code: 'SLP-501',
    meaning: 'The repair has ended already.',
    next: 'See how it ended: slipway repairs show ID.',
    retry: 'after-change',
    exit: 1,
  },
  notHandedOver: {
    code: 'SLP-502',
    meaning:
      'Only the newest repair of a node can be taken up again, and only after its hand-over.',
    next: 'See how the node stands: slipway why NODE.',
    retry: 'after-change',
    exit: 1,
  },
  notLocal: {
    code: 'SLP-503',
    meaning: 'Faults are injected into the local stack alone, and this API server is not its own.',
    next: 'Start a local stack with slipway up, or give its folder with --data-dir.',
    retry: 'after-change',
    exit: 3,
  },
  standsStill: {
    code: 'SLP-504',
    meaning: 'Slipway is paused: nothing new is started.',
    next: 'End it first: slipway resume --reason TEXT.',
    retry: 'after-change',
    exit: 3,
  },
  budgetFull: {
    code: 'SLP-505',
    meaning: 'As many nodes as the policy allows are out already.',
    next: 'See who is out: slipway status. With --wait the repair waits for its turn.',
    retry: 'safe',
    exit: 3,
  },
  repairRunning: {
    code: 'SLP-506',
    meaning: 'A repair of this node is still under way.',
    next: 'See which: slipway why NODE.',
    retry: 'safe',
    exit: 1,
  },
  notConfirmed: {
    code: 'SLP-507',
    meaning: 'The request was handed on, but the journal does not show yet that it was heard.',
    next: 'Follow the repair: slipway repairs watch ID.',
    retry: 'safe',
    exit: 4,
  },
  ladderDone: {
    code: 'SLP-508',
    meaning: 'Every rung of the ladder was tried already: there is nothing to continue with.',
    next: 'Run the ladder again from its beginning: slipway repairs rerun ID --reason TEXT.',
    retry: 'after-change',
    exit: 1,
  },
  onHold: {
    code: 'SLP-509',
    meaning: 'The node is on hold: nothing new is started on it.',
    next: 'End it first: slipway unhold NODE --reason TEXT.',
    retry: 'after-change',
    exit: 3,
  },
  policyUnreadable: {
    code: 'SLP-601',
    meaning: 'The policy file cannot be read.',
    next: 'Mend the file at the place that is named.',
    retry: 'after-change',
    exit: 2,
  },
  journalIncomplete: {
    code: 'SLP-602',
    meaning:
      'The journal of the repair lacks its beginning, or holds what this version cannot read.',
    next: 'Use the version of slipway that wrote it; old entries may be past their keeping time.',
    retry: 'after-change',
    exit: 1,
  },
  partial: {
    code: 'SLP-701',
    meaning: 'The answer is incomplete: something could not be read or done.',
    next: 'The answer names what is missing; slipway doctor tells more.',
    retry: 'safe',
    exit: 6,
  },
  unhealthy: {
    code: 'SLP-702',
    meaning: 'The examination found something that keeps Slipway from working as promised.',
    next: 'Follow the advice beside each finding.',
    retry: 'after-change',
    exit: 1,
  },
  outputFailed: {
    code: 'SLP-703',
    meaning: 'The answer could not be written: the device is full, or refuses it.',
    next: 'Free some room, or write to another place; what was changed stays changed.',
    retry: 'look-first',
    exit: 1,
  },
  unexpected: {
    code: 'SLP-900',
    meaning: 'Something happened that nobody foresaw: a defect of slipway.',
    next: 'Report it with the text that was shown.',
    retry: 'look-first',
    exit: 1,
  },
} as const satisfies Record<string, CatalogueEntry>;
