// Makes dist/, the JavaScript of the package: `npm pack` calls it. In a clone nothing needs it.
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, rmSync } from 'node:fs';
import { join } from 'node:path';

rmSync('dist', { recursive: true, force: true });
execFileSync('npm', ['exec', '--', 'tsc', '--project', 'tsconfig.build.json'], {
  stdio: 'inherit',
});
// What the code reads beside itself: pinned modules, and what the local servers are told.
for (const file of globSync('{embedded,examples}/**/*.{mod,sum,yaml}'))
  cpSync(file, join('dist', file));
