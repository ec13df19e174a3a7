/** What activities need of the world: one object of functions per neighbour, wired by the engine. */
import type { AttemptStanding, DispatchEvent } from '../domain/dispatch/evolve.ts';
import type { Applicant, GuardAnswer } from '../domain/guard/types.ts';
import type { IsolationMark, NodeFacts, PodFacts } from '../domain/node.ts';
import type { CheckReport, JournalEntry } from '../domain/repair/types.ts';
import type { Driver } from '../drivers/port.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import type { BlockReason, ReasonCode } from '../domain/vocabulary/reasons.ts';

/** A read that may fail: `reason` says which neighbour gave no answer, `why` is a sentence for a person. */
export type Read<T> = { readonly ok: true; readonly value: T } | Unread;

export type Unread = {
  readonly ok: false;
  readonly reason: Extract<
    ReasonCode,
    | 'node-unreadable'
    | 'nodes-unreadable'
    | 'pods-unreadable'
    | 'pause-unreadable'
    | 'hub-unreadable'
    | 'ledger-unreadable'
  >;
  readonly why: string;
};

/**
 * A write that the API server may refuse. `conflict` means: look again; `gone` means: there is nothing to change;
 * `lost` means: it was sent, and nobody knows whether it was carried out.
 */
export type Written =
  | { readonly kind: 'done' }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'lost'; readonly why: string };

/** An eviction's answer: accepted is not gone yet. */
export type Evicted =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'gone' }
  | {
      readonly kind: 'refused';
      readonly why: BlockReason;
      readonly detail: string;
      readonly budgets?: readonly string[];
      /** The API server's own Retry-After. */
      readonly retryAfterMs?: number;
    };

export type KubePort = {
  /** A consistent read; no value means that the API server knows no such node. */
  readonly readNode: (name: string) => Promise<Read<NodeFacts | undefined>>;
  /** Every node, by a cache that was heard of within seconds or a list. */
  readonly allNodes: () => Promise<Read<readonly NodeFacts[]>>;
  /** What the cache holds; for the check before each single eviction. */
  readonly cachedNode: (name: string) => NodeFacts | undefined;
  /** What the cache holds: it may be behind, so that it proves nothing; see `listPods`. */
  readonly podsOn: (node: string) => readonly PodFacts[];
  /** A consistent list of all pods bound to the node. */
  readonly listPods: (node: string) => Promise<Read<readonly PodFacts[]>>;
  readonly isPaused: () => Promise<Read<boolean>>;
  readonly isolate: (node: NodeFacts, mark: IsolationMark) => Promise<Written>;
  readonly uncordon: (node: NodeFacts) => Promise<Written>;
  readonly annotate: (
    node: NodeFacts,
    annotations: Readonly<Record<string, string | null>>,
  ) => Promise<Written>;
  readonly tagPod: (pod: PodFacts, repairId: string) => Promise<Written>;
  readonly untagPod: (pod: PodFacts) => Promise<Written>;
  readonly evict: (pod: PodFacts) => Promise<Evicted>;
};

export type HubPort = {
  /** The newest reports about this node: its record's, and what FAULTS holds beyond the record's place. */
  readonly newestReports: (node: string, nodeUid: string) => Promise<Read<readonly CheckReport[]>>;
  /** Whether the node's record names this repair as its open one. */
  readonly isOpen: (node: string, repairId: string) => Promise<Read<boolean>>;
  /** Notes in the node's record that the attempt of this place in the journal begins now, unless it had begun before. */
  readonly beginAttempt: (
    node: string,
    attempt: { readonly repairId: string; readonly sequence: number },
  ) => Promise<Read<AttemptStanding>>;
  /** Resolves once all are in JOURNAL. */
  readonly publishJournal: (entries: readonly JournalEntry[]) => Promise<Read<void>>;
  /** Changes the node's record by compare-and-set; a missing record stays missing. */
  readonly changeEpisode: (node: string, event: DispatchEvent) => Promise<Read<void>>;
};

export type GuardPort = {
  readonly request: (applicant: Applicant) => Promise<GuardAnswer>;
  /** What `request` would answer, without writing anything. */
  readonly preview: (applicant: Applicant) => Promise<GuardAnswer>;
  /** Gives up the permit or the place among the waiters; nothing to give up is fine. */
  readonly release: (repairId: string) => Promise<Read<void>>;
  readonly holds: (repairId: string) => Promise<Read<boolean>>;
};

/** Paces the moving of pods for the whole cluster, so that isolations go first. */
export type PacePort = {
  /** Returns when the next eviction may be sent, or the signal was raised. */
  readonly turn: (signal: AbortSignal) => Promise<void>;
  /** Returns once no node waits to be isolated, or after a few seconds all the same. */
  readonly afterIsolations: () => Promise<void>;
};

export type Ports = {
  /** The id of the cluster that all of this belongs to; steps of any other are refused. */
  readonly cluster: string;
  readonly kube: KubePort;
  readonly hub: HubPort;
  readonly guard: GuardPort;
  readonly drivers: Readonly<Record<string, Driver>>;
  readonly pace: PacePort;
  readonly clock: () => EpochMs;
};
