// Writes docs/asyncapi-partner.yaml and docs/openapi-webhooks.yaml: the bus as a partner system sees it, and what is posted to one.
// `--check` fails when one is not current.
import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { partnerView, type AsyncApi } from '../src/partners/asyncapi.ts';
import { webhookView } from '../src/webhooks/openapi.ts';

const DOCS = new URL('../../docs/', import.meta.url);
const inside = parse(readFileSync(new URL('asyncapi.yaml', DOCS), 'utf8')) as AsyncApi;
const seen = partnerView(inside);
const documents = { 'asyncapi-partner.yaml': seen, 'openapi-webhooks.yaml': webhookView(seen) };

for (const [name, document] of Object.entries(documents)) {
  const file = new URL(name, DOCS);
  const text = stringify(document, { lineWidth: 120, aliasDuplicateObjects: false });
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`docs/${name} is not current: run \`npm run -w gateway generate\`.\n`);
    process.exit(1);
  }
}
