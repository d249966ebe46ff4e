import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../deploy/local/paths.ts';
import { BUGS } from './chaos/bugs.ts';

/** Most of them are tried at night only: a text that was changed since would be noticed hours into the run. */
it.each(BUGS)('the bug $name finds its place in the product', ({ edits }) => {
  const places = edits.map(({ file, from }) => readFileSync(join(ROOT, file), 'utf8').split(from).length - 1);
  expect(places).toEqual(edits.map(() => 1));
});
