// Writes docs/guide/analytics.md, the dictionary of figures, from the cubes, and docs/guide/analyst-views.md, what can be
// read by SQL, from the views. `--check` fails when one is not current.
import { readFileSync, writeFileSync } from 'node:fs';
import { CUBES } from '../src/cubes/catalogue.ts';
import { guide } from '../src/guide.ts';
import { VIEWS } from '../src/sql/views/catalogue.ts';
import { viewsGuide } from '../src/sql/views/guide.ts';

const PAGES = { 'analytics.md': guide([...CUBES.values()]), 'analyst-views.md': viewsGuide([...VIEWS.values()]) };

for (const [name, text] of Object.entries(PAGES)) {
  const file = new URL(`../../docs/guide/${name}`, import.meta.url);
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`docs/guide/${name} is not current: run \`npm run -w analytics generate\`.\n`);
    process.exit(1);
  }
}
