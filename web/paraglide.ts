import type { CompilerOptions } from '@inlang/paraglide-js';

/** How messages are compiled; one place for Vite and for the check. */
export const paraglide: CompilerOptions = {
  project: './project.inlang',
  outdir: './src/lib/paraglide',
  strategy: ['cookie', 'preferredLanguage', 'baseLocale'],
  cookieName: 'locale',
  emitReadme: false,
};
