import { defineConfig } from 'vitest/config';

/** Files that hold everything at once: one after the other, with time for starts of all processes. */
const whole = { globalSetup: ['test/scratch.ts'], fileParallelism: false, testTimeout: 120_000, hookTimeout: 180_000 };

export default defineConfig({
  test: {
    exclude: ['**/node_modules/**', 'web/**', '**/.data*/**'],
    // Twice the cores of a small machine: some files wait more than they work.
    maxWorkers: 4,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            '**/src/**/*.test.ts',
            'proto/**/*.test.ts',
            'deploy/**/*.test.ts',
            'test/*.test.ts',
            'eslint/*.test.ts',
          ],
          globalSetup: ['test/scratch.ts', 'test/global-setup.ts'],
          setupFiles: ['test/each-file.ts'],
          // A worker loads the packages once, not once for each of its files: a third of the time of the whole.
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      // Two at a time: they wait for deaths, drains and deadlines as much as they work.
      {
        extends: true,
        test: { ...whole, name: 'mesh', include: ['test/mesh/**/*.test.ts'], fileParallelism: true },
      },
      {
        extends: true,
        test: {
          ...whole,
          name: 'proof',
          include: ['test/{chaos,oracle,fuzz,drill}/**/*.test.ts'],
          fileParallelism: true,
        },
      },
      { extends: true, test: { name: 'browser', include: ['test/browser/**/*.test.ts'], ...whole } },
    ],
  },
});
