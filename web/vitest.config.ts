import { defineConfig } from 'vitest/config';

// Rules without a component: they need neither Svelte's plugin nor Kit's generated tsconfig, so the tests start at once.
export default defineConfig({
  oxc: { tsconfig: false } as object,
  test: { include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'], environment: 'node' },
});
