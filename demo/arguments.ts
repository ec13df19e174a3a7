/** The words after `npm run demo --`. */
import { parseArgs } from 'node:util';
import { errorText } from '../std/errorText.ts';
import type { DemoOptions } from './index.ts';

const usage = `npm run demo [-- OPTIONS]

  --exit          end after the last story; exits 0 only if all five ended right
                  and the ticket of the one that is beyond repair arrived
  -o, --output    text, or json: the result as the last line of the output
  --without-bmc   stop the BMC simulator first, to see the demo fail
`;

/** What was asked for, or what to say instead. */
export function parseArguments(
  words: readonly string[],
): { readonly options: DemoOptions } | { readonly say: string; readonly exitCode: number } {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        exit: { type: 'boolean', default: false },
        output: { type: 'string', short: 'o', default: 'text' },
        'without-bmc': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const { exit, output, help, 'without-bmc': withoutBmc } = values;
    if (help) return { say: usage, exitCode: 0 };
    if (output === 'text' || output === 'json') return { options: { exit, output, withoutBmc } };
    return { say: `The output can be text or json, not ${output}.\n\n${usage}`, exitCode: 2 };
  } catch (error) {
    const message = errorText(error);
    return { say: `${message}\n\n${usage}`, exitCode: 2 };
  }
}
