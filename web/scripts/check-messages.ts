// Both catalogues must hold the same keys with the same parameters, and every key must be used: paraglide itself
// falls back to the base locale without a word. Compiles the messages when all is well.
import { compile } from '@inlang/paraglide-js';
import { globSync, readFileSync } from 'node:fs';
import { paraglide } from '../paraglide.ts';

const settings = JSON.parse(readFileSync('project.inlang/settings.json', 'utf8'));
const locales: string[] = settings.locales;
const patterns: string[] = settings['plugin.inlang.messageFormat'].pathPattern;

/** key → its text, `file` for the message. */
function catalogue(locale: string): Map<string, { text: string; file: string }> {
  const messages = new Map<string, { text: string; file: string }>();
  for (const pattern of patterns) {
    const file = pattern.replace('{locale}', locale);
    for (const [key, value] of Object.entries(JSON.parse(readFileSync(file, 'utf8')))) {
      if (key === '$schema') continue;
      if (messages.has(key)) faults.push(`${file}: ${key} is already in ${messages.get(key)?.file}`);
      messages.set(key, { text: typeof value === 'string' ? value : JSON.stringify(value), file });
    }
  }
  return messages;
}

function parameters(text: string): string {
  return [...new Set(text.match(/\{\s*\w+\s*\}/g) ?? [])]
    .map((name) => name.replace(/\s/g, ''))
    .sort()
    .join(' ');
}

const faults: string[] = [];
const [base, ...others] = locales.map((locale) => ({ locale, messages: catalogue(locale) }));
if (!base) throw new Error('project.inlang/settings.json names no locale');

for (const { locale, messages } of others) {
  for (const [key, { text, file }] of base.messages) {
    const translated = messages.get(key);
    if (!translated) faults.push(`${file.replace(base.locale, locale)}: ${key} is missing`);
    else if (parameters(text) !== parameters(translated.text))
      faults.push(
        `${translated.file}: ${key} has parameters "${parameters(translated.text)}", not "${parameters(text)}"`,
      );
  }
  for (const [key, { file }] of messages) {
    if (!base.messages.has(key)) faults.push(`${file}: ${key} is not in ${base.locale}`);
  }
}

const sources = globSync('src/**/*.{ts,svelte}', { exclude: ['src/lib/paraglide/**'] })
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');
const used = new Set([...sources.matchAll(/\bm\.(\w+)/g)].map((match) => match[1]));
for (const [key, { file }] of base.messages) if (!used.has(key)) faults.push(`${file}: ${key} is used nowhere`);

if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}
await compile(paraglide);
console.log(`${base.messages.size} messages in ${locales.join(' and ')}`);
// Paraglide keeps the process alive for half a minute after its work.
process.exit();
