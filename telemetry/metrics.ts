/** Every metric there is, as data. Labels take few values: never a node, a pod or a repair. */

export type MetricType = 'counter' | 'gauge' | 'histogram';

export type Metric = {
  readonly type: MetricType;
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets, in the unit the name ends with. */
  readonly buckets?: readonly number[];
};

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800];

/** By name; a name ends with its unit, a counter's with `_total`. */
export const metrics = {
  slipway_build_info: {
    type: 'gauge',
    help: 'Always 1; says which version runs in which mode.',
    labels: ['version', 'mode'],
  },
  slipway_faults_ignored_total: {
    type: 'counter',
    help: 'Looks at a faulty or recovered node that opened no repair, by reason code.',
    labels: ['reason'],
  },
  slipway_reconciler_mended_total: {
    type: 'counter',
    help: 'Marks, permits, waiters, labels and records that no open repair owned, by how they were mended.',
    labels: ['fix'],
  },
  slipway_dead_messages: {
    type: 'gauge',
    help: 'Messages set aside in DEAD because they could not be read or handled.',
    labels: [],
  },
  slipway_repairs_opened_total: {
    type: 'counter',
    help: 'Repairs started.',
    labels: ['policy'],
  },
  slipway_repairs_closed_total: {
    type: 'counter',
    help: 'Repairs ended, by outcome.',
    labels: ['outcome'],
  },
  slipway_repairs_open: {
    type: 'gauge',
    help: 'Repairs under way, as the engine that dispatches knows them.',
    labels: [],
  },
  slipway_isolation_seconds: {
    type: 'histogram',
    help: 'From the opening of the repair to its cordon.',
    labels: [],
    buckets: seconds,
  },
  slipway_rung_attempts_total: {
    type: 'counter',
    help: 'Attempts of rungs, by driver and result.',
    labels: ['driver', 'result'],
  },
  slipway_evictions_total: {
    type: 'counter',
    help: 'Evictions asked for, by answer.',
    labels: ['answer'],
  },
  slipway_permits_held: {
    type: 'gauge',
    help: 'Nodes that repairs have leave to keep out.',
    labels: [],
  },
  slipway_permits_limit: {
    type: 'gauge',
    help: 'Nodes that may be out at the same time before a policy gets no further permit.',
    labels: ['policy'],
  },
  slipway_permits_waiting: {
    type: 'gauge',
    help: 'Repairs that wait for a permit.',
    labels: [],
  },
  slipway_nodes_out: {
    type: 'gauge',
    help: 'Nodes that count as out: with a permit or our mark, cordoned or not Ready.',
    labels: [],
  },
  slipway_permits_refused_total: {
    type: 'counter',
    help: 'Requests for a permit that were refused, by reason code.',
    labels: ['reason'],
  },
  slipway_paused: {
    type: 'gauge',
    help: '1 while a person has paused Slipway, else 0.',
    labels: [],
  },
  slipway_dispatch_active: {
    type: 'gauge',
    help: '1 in the process that dispatches for the cluster, 0 in one that stands by.',
    labels: [],
  },
  slipway_hub_connected: {
    type: 'gauge',
    help: '1 if the hub answered when the metrics were read, else 0.',
    labels: [],
  },
  slipway_hub_streams_made_total: {
    type: 'counter',
    help: 'Streams and buckets of the hub that were gone under a running engine and were made again. Alert on any.',
    labels: ['stream'],
  },
  slipway_records_unreadable: {
    type: 'gauge',
    help: 'Records of the hub that this version cannot read, by bucket: they are left as they are. Alert on any.',
    labels: ['bucket'],
  },
  slipway_hub_lag_messages: {
    type: 'gauge',
    help: 'Fault events stored and not yet handled.',
    labels: [],
  },
  slipway_notices_delivered_total: {
    type: 'counter',
    help: 'Notices that arrived, by sink.',
    labels: ['sink'],
  },
  slipway_notices_failed_total: {
    type: 'counter',
    help: 'Tries to deliver a notice that failed, by sink; each is tried again.',
    labels: ['sink'],
  },
  slipway_notices_pending: {
    type: 'gauge',
    help: 'Tickets that their sink has not taken yet; 0 in an engine that stands by.',
    labels: ['sink'],
  },
  slipway_notices_oldest_pending_seconds: {
    type: 'gauge',
    help: 'For how long the oldest of these tickets has waited: alert on it.',
    labels: ['sink'],
  },
  slipway_notices_unreadable_total: {
    type: 'counter',
    help: 'Lines of the journal that no notice could be made of, by sink.',
    labels: ['sink'],
  },
  slipway_watch_age_seconds: {
    type: 'gauge',
    help: 'How old what is known of this kind may be: bookmarks come about once a minute.',
    labels: ['kind'],
  },
  slipway_event_loop_delay_seconds: {
    type: 'gauge',
    help: 'How long the engine was kept from its next turn since the metrics were read before, the longest and the 99th of 100.',
    labels: ['of'],
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;

/** The labels that a metric takes, each with its value; `{}` for one that takes none. */
export type LabelsOf<Name extends MetricName> = (typeof metrics)[Name]['labels'] extends readonly []
  ? Readonly<Record<string, never>>
  : Readonly<Record<(typeof metrics)[Name]['labels'][number], string>>;
