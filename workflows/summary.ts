/** One line per command, so that Temporal's UI reads like a story. */
import type { Command } from '../domain/repair/types.ts';

export function summaryOf(command: Command): string {
  switch (command.kind) {
    case 'wait':
      return `wait: ${command.reason}`;
    case 'runRung':
      return `rung ${command.rung + 1}, attempt ${command.attempt}`;
    case 'conclude':
      return `end as ${command.outcome}: ${command.reason}`;
    default:
      return command.kind;
  }
}
