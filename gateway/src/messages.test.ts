import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fieldSentence, problemSentence } from './messages.ts';
import { FIELD_SENTENCES, PROBLEM_SENTENCES } from './sentences.ts';
import { SERVICE_SENTENCES } from './service-sentences.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A reason and, right after it, its English sentence: how problems are written everywhere. */
const WRITTEN = /'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)',\s*(?:'[^'\n]{8,}\.'|"[^"\n]{8,}\."|`[^`\n]{8,}\.`)/g;

const written = (pattern: string): string[] =>
  globSync(pattern, { cwd: ROOT, exclude: ['**/*.test.ts', '**/testing/**'] }).flatMap((file) =>
    [...readFileSync(ROOT + file, 'utf8').matchAll(WRITTEN)].map(([, reason]) => reason!),
  );

test('every reason that a service gives has a Chinese sentence', () => {
  const reasons = new Set(
    [
      'services/*/src/**/*.ts',
      'capabilities/src/**/*.ts',
      'analytics/src/**/*.ts',
      'chassis/src/*.ts',
      'gateway/src/**/*.ts',
    ].flatMap(written),
  );
  expect(reasons.size).toBeGreaterThan(50);
  const known = new Set([
    ...Object.keys(PROBLEM_SENTENCES),
    ...Object.keys(FIELD_SENTENCES),
    ...Object.keys(SERVICE_SENTENCES),
  ]);
  expect([...reasons].filter((reason) => !known.has(reason)).sort()).toEqual([]);
});

test('a sentence that lacks what it speaks of is not said', () => {
  expect(problemSentence('zh', 'VERSION_STALE', {})).toBeUndefined();
  expect(fieldSentence('zh', 'name', 'TOO_LONG', {})).toBeUndefined();
  expect(fieldSentence('zh', 'name', 'TOO_LONG', { max: 200 })).toBe('name 最多 200 个字符。');
});

test('a service’s field error is said in Chinese', () =>
  expect(fieldSentence('zh', 'phones[0]', 'BAD_PHONE', {})).toBe('电话号码不正确。'));

test('English is left to who found the error', () => {
  expect(fieldSentence('en', 'name', 'REQUIRED', {})).toBeUndefined();
  expect(problemSentence('en', 'LINK_GONE', {})).toBeUndefined();
});
