// `npm run -s config`: every environment variable of every process, with its meaning and its default.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { configurationGuide, configurationText } from './guide.ts';
import { allVariables } from './settings.ts';

const GUIDE = new URL('../../docs/guide/configuration.md', import.meta.url);
const HELP = `Lists every environment variable of every process, with its meaning and its default.

  --process=gateway  those of this process
  --json             for machines
  --write            writes docs/guide/configuration.md
  --check            fails when docs/guide/configuration.md is not current`;

const { values } = parseArgs({
  options: {
    process: { type: 'string' },
    json: { type: 'boolean' },
    write: { type: 'boolean' },
    check: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

const all = await allVariables();
const asked = all.filter(({ processes }) => !values.process || processes.includes(values.process));

if (values.help) console.info(HELP);
else if (asked.length === 0) {
  console.error(`There is no process ${values.process}.`);
  process.exitCode = 2;
} else if (values.write) writeFileSync(GUIDE, configurationGuide(all));
else if (values.check) {
  if (readFileSync(GUIDE, 'utf8') !== configurationGuide(all)) {
    console.error('docs/guide/configuration.md is not current: run `npm run -w deploy generate`.');
    process.exitCode = 1;
  }
} else console.info(values.json ? JSON.stringify(asked, undefined, 2) : configurationText(asked));
