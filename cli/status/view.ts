/** What the status screen shows. */
import type { Status } from '../../views/status.ts';
import type { Failure } from '../failure.ts';

export type ProcessView = {
  readonly name: string;
  readonly pid: number;
  readonly alive: boolean;
  readonly logFile: string;
};

/** What is undefined could not be read; `unread` says why. */
export type StatusView = Omit<Status, 'unread'> & {
  readonly kind: 'Status';
  readonly version: 1;
  readonly processes: readonly ProcessView[] | undefined;
  readonly unread: readonly Failure[];
};
