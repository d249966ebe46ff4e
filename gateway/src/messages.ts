import { languageOf, type Language } from '@pelagic/proto/language';
import type { Code } from '@pelagic/chassis/problem';
import { inChinese, type Reason } from '@pelagic/proto/reason';
import { ENGLISH, TITLES } from './sentences.ts';

type Params = Record<string, string | number>;

/** The first of Chinese and English that an Accept-Language header prefers; undefined when it names neither. */
const acceptedIn = (accepted: string | undefined): Language | undefined => {
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
  return wanted.toSorted((a, b) => b.weight - a.weight)[0]?.language;
};

type Asked = { accepted: string | undefined; mode: unknown; locale: string | undefined };

/**
 * The language to answer in. A caller who names one is answered in it, as the pages name theirs; everybody else in that
 * of their locale. Where the browser itself goes (`mode` of Sec-Fetch: a file that is fetched by a link), the header is
 * the machine's and the person's own locale goes before it.
 */
export const languageFor = ({ accepted, mode, locale }: Asked): Language => {
  const asked = acceptedIn(accepted);
  const own = locale ? languageOf(locale) : undefined;
  return (mode === 'navigate' ? (own ?? asked) : (asked ?? own)) ?? 'en';
};

/** What is said of a problem in place of its English message; undefined when that is what to say. */
export const problemSentence = (language: Language, reason: Reason, params: Params): string | undefined =>
  language === 'zh' ? inChinese(reason, params) : ENGLISH[reason];

const BODY = '请求正文';

/**
 * The same of a field; '' is the body as a whole. A problem may name another field than the one it is about: the one
 * that a filter asks for.
 */
export const fieldSentence = (language: Language, field: string, reason: Reason, params: Params): string | undefined =>
  language === 'zh' ? inChinese(reason, { field: field || BODY, ...params })?.replace(`${BODY} `, BODY) : undefined;

export const titleOf = (language: Language, code: Code): string => (TITLES[code] ?? TITLES.INTERNAL)[language];
