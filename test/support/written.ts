/** What version 1.0 wrote on the hub: kept as it is for ever, so that every later version is tried on it. */
const cluster = 'ec5e416b-55e1-4c80-b9cc-0b78317fc145';
const node = 'ip-10-0-1-19.eu-west-1.compute.internal';
const nodeUid = '9dbd9e1a-6356-4b13-b020-5effc9d59793';
const bootId = '5f08ea74-9f1e-4cfc-a73b-5ea924bbe5ef';
const repairId = 'r-u2it547rzpwmqbisjnyh';
const eventId = 'e-p626r67zro42xv7dvfrnui7bd6';

function line(sequence: number, text: string): string {
  return `{"version":1,"repairId":"${repairId}","cluster":"${cluster}","node":"${node}","sequence":${sequence},"at":1795369810551,${text},"by":"slipway"}`;
}

export const written = {
  reporter: {
    cluster,
    node,
    nodeUid,
    bootId,
    observer: 'node-conditions',
    check: 'KernelDeadlock',
  },
  episode: {
    version: 1,
    cluster,
    node,
    nodeUid,
    formerUids: ['0c1d5f5e-0000-4000-8000-000000000001'],
    reports: [
      {
        check: 'KernelDeadlock',
        observer: 'node-conditions',
        verdict: 'faulty',
        bootId,
        counter: 547,
        sequence: 123,
        storedAt: 1795369809663,
        heardAt: 1795369809671,
        eventId,
        reason: 'TaskHung',
        message: 'task kworker/u64:3 blocked for more than 120 seconds',
        saidSince: 123,
        faultySince: 1795369809671,
      },
    ],
    place: 123,
    episode: {
      repairId,
      openedAt: 1795369810317,
      openingEventId: eventId,
      check: 'KernelDeadlock',
      policy: 'demo',
      after: { repairId: 'r-before', firstRung: 1, by: { name: 'alice', reason: 'try again' } },
      outcome: 'escalated',
      reason: 'ladder-exhausted',
      closedAt: 1795369910317,
    },
    clearedAt: 1795369000000,
    ignored: { reason: 'handed-over', since: 1795369910318 },
  },
  ledger: {
    kind: 'ledger',
    ledger: {
      version: 1,
      permits: [{ repairId, node, nodeUid, grantedAt: 1795369810701, adopted: true }],
    },
  },
  waiter: { kind: 'waiter', repairId, node, reason: 'budget-full', since: 1795369810701 },
  engine: {
    kind: 'engine',
    mode: 'act',
    codeVersion: '0.1.0',
    since: 1795369800000,
    policies: [
      {
        name: 'demo',
        checks: ['KernelDeadlock'],
        holdDownMs: 0,
        soakMs: 1000,
        guard: {
          maxUnavailablePercent: 10,
          maxUnavailableNodes: 10,
          allowControlPlane: false,
          allowSmallClusters: false,
        },
      },
    ],
  },
  journal: [
    line(
      0,
      '"command":{"kind":"open"},"events":[],"from":"awaiting-permit","to":"awaiting-permit"',
    ),
    line(
      1,
      '"command":{"kind":"requestPermit"},"events":[{"kind":"permitGranted","out":0,"limit":5,"at":1795369810719}],"from":"awaiting-permit","to":"isolating"',
    ),
    line(
      2,
      '"command":{"kind":"conclude","outcome":"repaired","reason":"healed","node":"return"},"events":[{"kind":"concluded","ending":{"outcome":"repaired","reason":"healed","node":"return"},"at":1795369820500}],"from":"verifying","to":"returning"',
    ),
    line(
      3,
      '"command":{"kind":"close"},"events":[{"kind":"closed","outcome":"repaired","reason":"healed","at":1795369820515}],"from":"returning","to":"closed"',
    ),
  ],
} as const;
