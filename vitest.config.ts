import { defineConfig } from 'vitest/config';

const source = '@isometry/source';

export default defineConfig({
  resolve: { conditions: [source] },
  ssr: { resolve: { conditions: [source], externalConditions: [source] } },
  test: {
    // Two cores: two workers. A suite that measures nothing can share them.
    maxWorkers: 2,
    setupFiles: ['./test/fail-on-console.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['packages/*/src/**/*.test.ts'] } },
      { extends: true, test: { name: 'suites', include: ['test/**/*.test.ts'] } },
    ],
  },
});
