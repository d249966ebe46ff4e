import type { CompilerOptions } from '@inlang/paraglide-js';

/** How messages are compiled; one place for Vite and for the check. */
export const paraglide: CompilerOptions = {
  project: './project.inlang',
  outdir: './src/lib/paraglide',
  // The same for Vite's server, builds and the check: each would otherwise write over what the other reads.
  outputStructure: 'message-modules',
  strategy: ['cookie', 'preferredLanguage', 'baseLocale'],
  cookieName: 'locale',
  emitReadme: false,
};
