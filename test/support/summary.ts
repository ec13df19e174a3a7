/** Ends the output of a run with one plain line for machines: `N passed, N failed`. */
import { writeSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

export function summary(): Reporter {
  let line = '';
  process.once('exit', () => {
    // Synchronously and last: the coverage table comes after every reporter's own end.
    if (line !== '') writeSync(process.stdout.fd, `\n${line}\n`);
  });
  return {
    onTestRunEnd: (modules, errors) => {
      const counts = modules.map(countsOf);
      const passed = counts.reduce((sum, count) => sum + count.passed, 0);
      const failed = counts.reduce((sum, count) => sum + count.failed, 0) + errors.length;
      line = `${passed} passed, ${failed} failed`;
    },
  };
}

/** A file that fails without a failed test, because it cannot be loaded or set up, counts as one. */
function countsOf(module: TestModule): { readonly passed: number; readonly failed: number } {
  const states = [...module.children.allTests()].map((test) => test.result().state);
  const failed = states.filter((state) => state === 'failed').length;
  const passed = states.filter((state) => state === 'passed').length;
  return { passed, failed: failed === 0 && !module.ok() ? 1 : failed };
}
