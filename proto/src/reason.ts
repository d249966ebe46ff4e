// Why something is refused: stable names, which interfaces branch on, and how they are said in Chinese. English is said
// by whoever refuses.
import { LISTS_AND_FILES } from './reasons/lists-and-files.ts';
import { FORMATS, REQUEST, TYPES } from './reasons/request.ts';
import type { Sentences } from './reasons/sentences.ts';
import { SQL } from './reasons/sql.ts';
import { WORK } from './reasons/work.ts';

const REASONS = { ...REQUEST, ...WORK, ...LISTS_AND_FILES, ...SQL };

/** Every reason that a problem, a field error or a row may give. A new one gets its Chinese in `reasons/` first. */
export type Reason = keyof typeof REASONS;

type Params = Readonly<Record<string, string | number>>;

const SENTENCES = new Map(Object.entries<Sentences[string]>(REASONS));

const fill = (sentence: string, params: Params): string =>
  sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name]));

const speaksOf = (sentence: string): string[] => [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);

/** undefined for a reason that is not of this version, and where the params are not there that its sentences speak of. */
export const inChinese = (reason: string, given: Params): string | undefined => {
  const { expected, format } = given;
  const params = {
    ...given,
    ...(expected !== undefined && { expected: TYPES[expected] ?? expected }),
    ...(format !== undefined && { format: FORMATS[format] ?? format }),
  };
  const sentence = [SENTENCES.get(reason) ?? []]
    .flat()
    .find((each) => speaksOf(each).every((name) => (params[name as keyof typeof params] ?? '') !== ''));
  return sentence && fill(sentence, params);
};

/** The same where the field's heading stands beside it, as in a table of rows: short, without its path and the full stop. */
export const inChineseBeside = (reason: string, params: Params, field: string): string | undefined =>
  inChinese(reason, { ...(field && { field: '此字段' }), ...params })
    ?.replace(/^此字段 /, '')
    .replace(/。$/, '');
