// Writes docs/guide/analytics.md: the dictionary of figures, from the cubes. `--check` fails when it is not current.
import { readFileSync, writeFileSync } from 'node:fs';
import { CUBES } from '../src/cubes/catalogue.ts';
import { guide } from '../src/guide.ts';

const FILE = new URL('../../docs/guide/analytics.md', import.meta.url);
const text = guide([...CUBES.values()]);

if (!process.argv.includes('--check')) writeFileSync(FILE, text);
else if (readFileSync(FILE, 'utf8') !== text) {
  process.stderr.write('docs/guide/analytics.md is not current: run `npm run -w analytics generate`.\n');
  process.exit(1);
}
