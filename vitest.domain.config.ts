/** What mutation testing runs: the decisions alone, without servers. */
import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { include: ['test/unit/domain/**/*.test.ts'] } });
