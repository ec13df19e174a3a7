/** Flags that many commands share. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Change } from '../change.ts';
import type { Flags } from '../io.ts';

/** Adds where the servers are, and in which form to answer. */
export function withPlaces(command: Command): Command {
  return command
    .addOption(
      new Option('-o, --output <form>', 'how to answer').choices(['text', 'json']).default('text'),
    )
    .optionsGroup('Where the servers are:')
    .option('--kubeconfig <file>', 'kubeconfig (else KUBECONFIG, else the local stack)')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--nats <url>', 'the hub (else SLIPWAY_NATS_URL)')
    .option('--temporal <address>', 'Temporal (else SLIPWAY_TEMPORAL_ADDRESS)')
    .option('--data-dir <dir>', 'folder of the local stack (else .slipway)')
    .option('--cluster <id>', 'id of the cluster, for when its API does not answer');
}

/** Adds what every command needs that changes something. */
export function withChange(command: Command): Command {
  return command
    .option('--reason <text>', 'why, for the record (required)')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('-y, --yes', 'do not ask');
}

export type ChangeFlags = Flags & Partial<Change>;

export function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}
