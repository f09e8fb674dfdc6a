import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Tests run on the sources, so that none of them can pass on a stale build. */
export const sources = {
  'onnx-grad': source('packages/onnx-grad/src/index.ts'),
  '@gradcam/core': source('packages/core/src/index.ts'),
  '@gradcam/ort': source('packages/ort/src/index.ts'),
  '@gradcam/web': source('packages/web/src/index.ts'),
  '@gradcam/node': source('packages/node/src/index.ts'),
  '@gradcam/jobs/threads': source('packages/jobs/src/threads/index.ts'),
  '@gradcam/jobs': source('packages/jobs/src/index.ts'),
  '@gradcam/report': source('packages/report/src/index.ts'),
  '@gradcam/server/limits': source('packages/server/src/limits.ts'),
  '@gradcam/server': source('packages/server/src/index.ts'),
  '@gradcam/cluster': source('packages/cluster/src/index.ts'),
};

export default defineConfig({
  test: {
    // Vitest would leave one core idle, which of two is half of the machine.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        resolve: { alias: sources },
        test: { name: 'unit', include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts'], testTimeout: 30_000 },
      },
      { resolve: { alias: sources }, test: { name: 'slow', include: ['tests/*.test.ts'], testTimeout: 600_000, hookTimeout: 600_000 } },
      {
        resolve: { alias: sources },
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          globalSetup: 'tests/browser/support/setup.ts',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
