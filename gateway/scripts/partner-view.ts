// Writes docs/asyncapi-partner.yaml: the bus as a partner system sees it. `--check` fails when it is not current.
import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { partnerView, type AsyncApi } from '../src/partners/asyncapi.ts';

const DOCS = new URL('../../docs/', import.meta.url);
const FILE = new URL('asyncapi-partner.yaml', DOCS);
const inside = parse(readFileSync(new URL('asyncapi.yaml', DOCS), 'utf8')) as AsyncApi;
const text = stringify(partnerView(inside), { lineWidth: 120, aliasDuplicateObjects: false });

if (!process.argv.includes('--check')) writeFileSync(FILE, text);
else if (readFileSync(FILE, 'utf8') !== text) {
  process.stderr.write('docs/asyncapi-partner.yaml is not current: run `npm run -w gateway generate`.\n');
  process.exit(1);
}
