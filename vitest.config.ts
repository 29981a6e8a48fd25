import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

// vitest alone would be content with an older Node than Lambda runs.
createRequire(import.meta.url)('./build/requireNode24.cjs');

/** One process for many files: what they import is the greater part of their time, and none changes what another imports. */
const together = { isolate: false };

export default defineConfig({
  test: {
    // The long ones wait for processes and time-outs; those processes share two cores with the tests.
    maxWorkers: 3,
    projects: [
      {
        test: {
          ...together,
          name: 'unit',
          include: ['{functions,lib,scripts,standins,bench,torture,build}/**/*.test.ts'],
        },
      },
      {
        test: {
          ...together,
          name: 'integration',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/{house,docs}.test.ts', 'tests/slow/**'],
          globalSetup: 'tests/officialEngine.ts',
          // Far above what any takes alone: some of them start dozens of processes, and two cores have them all.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      // What must really be killed, started again and waited for: `npm run test:slow`.
      { test: { name: 'slow', include: ['tests/slow/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 } },
      // The rules of the house and of its documentation: also a part of `npm run check`.
      { test: { ...together, name: 'house', include: ['tests/{house,docs}.test.ts'] } },
    ],
  },
});
