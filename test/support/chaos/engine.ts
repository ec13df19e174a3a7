/** `slipway` as it is, but with a few of its modules replaced by ones that die or wait where a test orders it. */
import { registerHooks } from 'node:module';

function here(path: string): string {
  return new URL(path, import.meta.url).href;
}

const standIns = new Map([
  [here('../../../activities/index.ts'), here('./activities.ts')],
  [here('../../../activities/begin.ts'), here('./activities.ts')],
  [here('../../../temporal/index.ts'), here('./temporal.ts')],
]);

registerHooks({
  resolve: (specifier, context, next) => {
    const found = next(specifier, context);
    const standIn = standIns.get(found.url);
    return standIn && context.parentURL !== standIn ? { ...found, url: standIn } : found;
  },
});

const { runOnTerminal } = await import('../../../cli/main/index.ts');
await runOnTerminal(process.argv.slice(2));
