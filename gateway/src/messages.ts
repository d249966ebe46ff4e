import type { Code } from '@pelagic/chassis/problem';
import { FIELD_SENTENCES, FORMATS, PROBLEM_SENTENCES, TITLES, TYPES } from './sentences.ts';

export type Language = 'zh' | 'en';

type Params = Record<string, string | number>;

/** The first of Chinese and English that an Accept-Language header prefers; English when it names neither. */
export const languageOf = (accepted: string | undefined): Language => {
  const wanted = (accepted ?? '').split(',').flatMap((part) => {
    const [tag = '', ...params] = part.trim().toLowerCase().split(';');
    const weight = Number(params.find((each) => each.trim().startsWith('q='))?.trim().slice(2) ?? 1);
    return weight > 0 && /^(zh|en)\b/.test(tag) ? [{ language: tag.slice(0, 2) as Language, weight }] : [];
  });
  return wanted.toSorted((a, b) => b.weight - a.weight)[0]?.language ?? 'en';
};

const fill = (sentence: string, params: Params): string => sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ''));

/** What the catalogue says of a problem in that language; undefined when it knows the reason not. */
export const problemSentence = (language: Language, reason: string, params: Params): string | undefined => {
  const sentence = PROBLEM_SENTENCES[reason]?.[language];
  return sentence && fill(sentence, params);
};

/** The same of a field. English field messages come from whoever found the error. */
export const fieldSentence = (language: Language, field: string, reason: string, params: Params): string | undefined => {
  const sentence = language === 'zh' ? FIELD_SENTENCES[reason] : undefined;
  if (!sentence) return undefined;
  const bounds = reason === 'OUT_OF_RANGE' ? (params['max'] === undefined ? 'OUT_OF_RANGE_MIN' : params['min'] === undefined ? 'OUT_OF_RANGE_MAX' : reason) : reason;
  return fill(FIELD_SENTENCES[bounds] ?? sentence, {
    ...params,
    field: field || '请求',
    expected: TYPES[String(params['expected'])] ?? String(params['expected'] ?? ''),
    format: FORMATS[String(params['format'])] ?? String(params['format'] ?? ''),
  });
};

export const titleOf = (language: Language, code: Code): string => (TITLES[code] ?? TITLES.INTERNAL)[language];
