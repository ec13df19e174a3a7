/** Notices: what JOURNAL says, told to people. Each sink follows by itself, so none waits for another (ADR 13). */
import type { Kube } from '../kube/index.ts';
import { createFileSink } from './fileSink.ts';
import { projectKubeEvents } from './kubeEvents.ts';
import { openNotices } from './outbox.ts';
import type { TicketSink } from '../schemas/wire/noticeRecord.ts';
import type { Surroundings } from './sink.ts';
import { runTickets } from './tickets.ts';
import type { Sink } from './ticketSink.ts';
import { createWebhookSink } from './webhookSink.ts';

export type { Counting } from './sink.ts';

/** Where tickets go; a webhook must be signed. */
export type TicketOptions = {
  readonly webhookUrl?: string;
  readonly secretFile?: string;
  readonly file?: string;
};

export type NoticesOptions = Surroundings & {
  /** Creates the Kubernetes Events. */
  readonly actor: Kube;
  readonly ticket?: TicketOptions;
};

/** Runs until the signal; resolves when nothing is being told any more. Never rejects. */
export async function runNotices(options: NoticesOptions): Promise<void> {
  const bucket = await openNotices(options);
  if (!bucket) return;
  await Promise.all([
    projectKubeEvents({ ...options, bucket }),
    runTickets(options, bucket, sinksOf(options)),
  ]);
}

/** The names of the places to which these options send tickets. */
export function ticketSinks({ file, webhookUrl }: TicketOptions): readonly TicketSink[] {
  return [
    ...(file === undefined ? [] : ['file' as const]),
    ...(webhookUrl === undefined ? [] : ['webhook' as const]),
  ];
}

function sinksOf({ ticket = {}, clock }: NoticesOptions): readonly Sink[] {
  const { file, webhookUrl: url, secretFile } = ticket;
  const isHook = url !== undefined && secretFile !== undefined;
  return [
    ...(file === undefined ? [] : [createFileSink(file)]),
    ...(isHook ? [createWebhookSink({ url, secretFile, clock })] : []),
  ];
}
