/** What came to nothing when something was read: values, for which each screen has words of its own. */
import type { HubFailure } from '../event-hub/index.ts';

/** What was asked for. */
export type Asked =
  | {
      readonly what:
        | 'journal'
        | 'dead-letters'
        | 'permit-ledger'
        | 'node-records'
        | 'notices'
        | 'engine-record'
        | 'dispatch-lag'
        | 'pause'
        | 'engine-lease'
        | 'nodes';
    }
  | { readonly what: 'node-record'; readonly node: string }
  | { readonly what: 'repair'; readonly repairId: string };

export type Because =
  /** The hub or the API server did not give it. */
  | { readonly because: HubFailure['kind'] | 'kube-refused'; readonly why: string }
  | { readonly because: 'not-opened'; readonly bucket: string; readonly why: string }
  | { readonly because: 'late'; readonly afterMs: number }
  /** This version cannot read it. */
  | { readonly because: 'corrupt'; readonly why: string }
  /** So many parts of it cannot be read by this version; the rest was read. */
  | { readonly because: 'partly-corrupt'; readonly count: number; readonly such?: string }
  /** Something in the middle or at the beginning is gone. */
  | { readonly because: 'incomplete'; readonly why: string };

export type UnreadPart = Because & { readonly kind: 'unread'; readonly of: Asked };

export function unreadFromHub(of: Asked, { kind, why }: HubFailure): UnreadPart {
  return unread(of, { because: kind, why });
}

export function unread(of: Asked, because: Because): UnreadPart {
  return { kind: 'unread', of, ...because };
}

export function isUnread(value: unknown): value is UnreadPart {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'unread';
}
