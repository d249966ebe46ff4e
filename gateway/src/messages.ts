import type { Code } from '@pelagic/chassis/problem';
import { SERVICE_SENTENCES } from './service-sentences.ts';
import { FIELD_SENTENCES, FORMATS, PROBLEM_SENTENCES, TITLES, TYPES } from './sentences.ts';

export type Language = 'zh' | 'en';

type Params = Record<string, string | number>;

/** The first of Chinese and English that an Accept-Language header prefers; English when it names neither. */
export const languageOf = (accepted: string | undefined): Language => {
  const wanted = (accepted ?? '').split(',').flatMap((part) => {
    const [tag = '', ...params] = part.trim().toLowerCase().split(';');
    const weight = Number(
      params
        .find((each) => each.trim().startsWith('q='))
        ?.trim()
        .slice(2) ?? 1,
    );
    return weight > 0 && /^(zh|en)\b/.test(tag) ? [{ language: tag.slice(0, 2) as Language, weight }] : [];
  });
  return wanted.toSorted((a, b) => b.weight - a.weight)[0]?.language ?? 'en';
};

/** undefined when the sentence speaks of something that is not there. */
const fill = (sentence: string | undefined, params: Params): string | undefined => {
  if (!sentence || [...sentence.matchAll(/\{(\w+)\}/g)].some(([, name]) => params[name!] === undefined))
    return undefined;
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name]));
};

/** What the catalogue says of a problem in that language; undefined when it has no sentence for the reason. */
export const problemSentence = (language: Language, reason: string, params: Params): string | undefined =>
  fill(PROBLEM_SENTENCES[reason]?.[language] ?? (language === 'zh' ? SERVICE_SENTENCES[reason] : undefined), params);

/** The same of a field. English field messages come from whoever found the error. */
export const fieldSentence = (
  language: Language,
  field: string,
  reason: string,
  params: Params,
): string | undefined => {
  if (language !== 'zh') return undefined;
  const bounded =
    reason !== 'OUT_OF_RANGE'
      ? reason
      : params['max'] === undefined
        ? 'OUT_OF_RANGE_MIN'
        : params['min'] === undefined
          ? 'OUT_OF_RANGE_MAX'
          : reason;
  const { expected, format } = params;
  return fill(FIELD_SENTENCES[bounded] ?? SERVICE_SENTENCES[reason], {
    ...params,
    field: field || '请求',
    ...(expected !== undefined && { expected: TYPES[expected] ?? expected }),
    ...(format !== undefined && { format: FORMATS[format] ?? format }),
  });
};

export const titleOf = (language: Language, code: Code): string => (TITLES[code] ?? TITLES.INTERNAL)[language];
