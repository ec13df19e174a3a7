/** Flags that many commands share. */
import { Option, type Command } from 'commander';
import type { Change } from '../change.ts';
import type { Flags, OutputForm } from '../io.ts';
import {
  clusterId,
  dataFolder,
  natsUrl,
  readableFile,
  temporalAddress,
  words,
} from './arguments.ts';

/** Adds where the servers are, and in which form to answer. */
export function withPlaces(command: Command, forms: readonly OutputForm[] = plainForms): Command {
  return command
    .addOption(new Option('-o, --output <form>', 'how to answer').choices(forms).default('text'))
    .optionsGroup('Where the servers are:')
    .option(
      '--kubeconfig <file>',
      'kubeconfig (else KUBECONFIG, else the local stack)',
      readableFile,
    )
    .option('--context <name>', 'context of the kubeconfig', words)
    .option('--nats <url>', 'the hub (else SLIPWAY_NATS_URL)', natsUrl)
    .option('--temporal <address>', 'Temporal (else SLIPWAY_TEMPORAL_ADDRESS)', temporalAddress)
    .option('--data-dir <dir>', 'folder of the local stack (else .slipway)', dataFolder)
    .option('--cluster <id>', 'id of the cluster, for when its API does not answer', clusterId);
}

/** What has no names, or nothing to shorten, is asked for as a text or a document. */
const plainForms: readonly OutputForm[] = ['text', 'json', 'yaml'];
export const wideForms: readonly OutputForm[] = ['text', 'wide', 'json', 'yaml'];

/** Adds that a list is kept true until Ctrl-C. */
export function withWatch(command: Command): Command {
  return command.option('-w, --watch', 'keep looking until Ctrl-C; a pipe gets what is new');
}

/** Adds what every command needs that changes something. */
export function withChange(command: Command): Command {
  return command
    .option('--reason <text>', 'why, for the record (required)')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('-y, --yes', 'do not ask');
}

export type ChangeFlags = Flags & Partial<Change>;
