import { invalid, invalidField, type FieldError } from '@pelagic/chassis/problem';
import { beginningOf } from '@pelagic/chassis/text';

/** A date as a text of holidays says it: free, or a make-up workday. */
export type Holiday = { date: string; name: string; works: boolean };

const DATE = String.raw`(?:(\d{4})\s*[年/.-]\s*)?(\d{1,2})\s*[月/.-]\s*(\d{1,2})日?`;
/** The weekday that announcements put behind a date. */
const ASIDE = String.raw`(?:\s*[（(][^（）()]*[）)])?`;
const RANGE = new RegExp(`${DATE}${ASIDE}(?:\\s*(?:至|到|~|～|—|–|-)+\\s*(?:${DATE}|(\\d{1,2})日))?`, 'gu');
const WORKS = /上班|补班|调休上班|\bwork(?:ing|day)?s?\b|\bopen\b|(?:^|[\s,，])班(?:$|[\s,，])/iu;
const FREE = /放假|休息|\bholidays?\b|\bclosed\b|\boff\b|(?:^|[\s,，])休(?:$|[\s,，])/iu;
/** One holiday is not longer than this: what is, was misread. */
const DAYS_MAX = 31;
/** Nobody announces this in one clause. */
const CLAUSE_MAX = 500;

type Clause = { text: string; line: number; name: string };

/** Sentences of the text, each with what the line calls it: “一、元旦：1月1日放假” is of 元旦. */
const clausesOf = (text: string): Clause[] =>
  text.split(/\r?\n/u).flatMap((line, index) => {
    let name = '';
    return line.split(/[。；;，]/u).flatMap((raw) => {
      // Runs of blanks would make the patterns below slow.
      const part = raw.replaceAll(/\s+/gu, ' ');
      const named = /^\s*(?:[一二三四五六七八九十]+、|\(?\d+[.)、]\s)?\s*([^：:\d]{1,30})[：:]\s*(.*)$/su.exec(part);
      if (named) name = named[1]!.trim();
      const clause = named ? named[2]! : part;
      return clause.trim() ? [{ text: clause, line: index + 1, name }] : [];
    });
  });

const dateOf = (year: number, month: string, day: string): Temporal.PlainDate | undefined => {
  try {
    return Temporal.PlainDate.from({ year, month: Number(month), day: Number(day) }, { overflow: 'reject' });
  } catch {
    return undefined;
  }
};

/** The first and last day of what one match of `RANGE` says. */
const endsOf = (match: RegExpMatchArray, year: number): [Temporal.PlainDate, Temporal.PlainDate] | undefined => {
  const [, firstYear, firstMonth, firstDay, lastYear, lastMonth, lastDay, dayOnly] = match;
  const first = dateOf(Number(firstYear ?? year), firstMonth!, firstDay!);
  if (!first) return undefined;
  if (!lastDay && !dayOnly) return [first, first];
  const month = lastMonth ?? String(first.month);
  const last = dateOf(Number(lastYear ?? first.year), month, (lastDay ?? dayOnly)!);
  const turned = last && !lastYear && Temporal.PlainDate.compare(last, first) < 0 ? last.add({ years: 1 }) : last;
  if (!turned || Temporal.PlainDate.compare(turned, first) < 0 || first.until(turned).days >= DAYS_MAX)
    return undefined;
  return [first, turned];
};

const datesBetween = ([first, last]: [Temporal.PlainDate, Temporal.PlainDate]): string[] => {
  const count = first.until(last).days;
  return Array.from({ length: count + 1 }, (_, days) => first.add({ days }).toString());
};

/** What is left of a line beside its dates and what they are: “2026-10-01,休,国庆节” is of 国庆节. */
const leftOver = (text: string): string =>
  beginningOf(
    text
      .replaceAll(RANGE, ' ')
      .replaceAll(/放假调休|放假|休息|补班|调休上班|上班|共\d+天|[\s,，、"']+/gu, ' ')
      .replaceAll(/(?:^|\s)[休班](?=\s|$)/gu, ' ')
      .replaceAll(/\b(?:holidays?|closed|off|work(?:ing|day)?s?|open)\b/giu, ' ')
      .trim(),
    60,
  );

const unclear = (line: number): FieldError => ({
  field: 'text',
  reason: 'HOLIDAY_LINE_UNCLEAR',
  message: `Line ${line} has a date, but does not say which days are free and which are worked.`,
  params: { line: String(line) },
});

/**
 * Reads holidays and make-up workdays, as announced (“元旦：1月1日至3日放假，共3天。1月4日（周日）上班”) or a line for each
 * (“2026-10-01,休,国庆节”). `year` is that of dates that do not say theirs. Throws for lines that have dates and no sense.
 */
export const readHolidays = (text: string, year: number): Holiday[] => {
  const found = new Map<string, Holiday>();
  const errors: FieldError[] = [];
  for (const clause of clausesOf(text)) {
    if (clause.text.length > CLAUSE_MAX) {
      errors.push(unclear(clause.line));
      continue;
    }
    const matches = [...clause.text.matchAll(RANGE)];
    if (!matches.length) continue;
    const works = WORKS.test(clause.text);
    const ranges = matches.map((match) => endsOf(match, year));
    if ((!works && !FREE.test(clause.text)) || ranges.includes(undefined)) {
      errors.push(unclear(clause.line));
      continue;
    }
    const name = clause.name || leftOver(clause.text);
    for (const date of ranges.flatMap((range) => datesBetween(range!))) found.set(date, { date, name, works });
  }
  if (errors.length) throw invalid(...errors.slice(0, 20));
  if (!found.size) throw invalidField('text', 'HOLIDAYS_NONE', 'There is no date in this text.');
  return [...found.values()].toSorted((a, b) => a.date.localeCompare(b.date));
};
