import { expect, it } from 'vitest';
import { tidy, tidyName } from './tidy.ts';

it.each([
  [' 王　 小明 ', '王 小明'],
  ['Ａｃｍｅ', 'Acme'],
  ['a\u0007b', 'ab'],
  ['\u202eevil', 'evil'],
  ['\u200b王\ufeff', '王'],
  ['👩\u200d💻', '👩\u200d💻'],
])('%j is read as %j', (given, read) => expect(tidy(given)).toBe(read));

it.each(['\u200b\u200b', ' \t ', '\u200d'])('a name of which nothing can be seen (%j) is none', (given) => {
  expect(() => tidyName(given, 'lead.name')).toThrow(
    expect.objectContaining({ fields: [expect.objectContaining({ field: 'lead.name', reason: 'REQUIRED' })] }),
  );
});
