/** Hours of a day as wall time, HH:MM; `to` is not included and may be 24:00. */
export type DayHours = { from: string; to: string };

export type WorkingHours = {
  timeZone: string;
  /** 1 Monday … 7 Sunday. */
  week: ({ weekday: number } & DayHours)[];
  /** Dates that differ from their weekday: closed without hours, open with them. */
  exceptions: { date: string; hours: DayHours[] }[];
};

/**
 * Working time of a calendar. A minute counts when the wall clock of the zone shows a time within the hours of its date:
 * what a change of the clock leaves out is not worked, what it repeats is worked twice.
 */
export type WorkingTime = {
  /**
   * The instant that is so many working minutes after `start`; negative: before. The end of work, not the beginning of
   * the next, when both fit. `between(start, add(start, minutes))` is `minutes`.
   */
  add: (start: Date, minutes: number) => Date;
  /** Working minutes from one instant to another, negative when the second is earlier. */
  between: (from: Date, to: Date) => number;
};

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** 1970-01-01 was a Thursday. */
const FIRST_WEEKDAY = 3;
/** A calendar with an hour a week does 60,000 minutes in 20 years. */
const YEARS_MAX = 60;

/** Minutes since midnight of HH:MM. */
export const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

type Span = { from: number; to: number };

/** Working spans of one year by UTC, as instants in their order, with the working time before each. */
type Year = { starts: number[]; ends: number[]; before: number[]; total: number };

const spansOf = (hours: DayHours[]): Span[] =>
  hours
    .map(({ from, to }) => ({ from: minutesOf(from) * MINUTE_MS, to: minutesOf(to) * MINUTE_MS }))
    .toSorted((a, b) => a.from - b.from);

/** Hours of a date, given as days since 1970. */
const dayBook = ({ week, exceptions }: WorkingHours): ((day: number) => Span[]) => {
  const weekly = Array.from({ length: 7 }, (_, index) => spansOf(week.filter(({ weekday }) => weekday === index + 1)));
  const special = new Map(exceptions.map(({ date, hours }) => [Date.parse(date) / DAY_MS, spansOf(hours)]));
  return (day) => special.get(day) ?? weekly[(((day + FIRST_WEEKDAY) % 7) + 7) % 7]!;
};

/** Stretches of a year in which the clocks of the zone keep one distance from UTC. */
const stretches = (timeZone: string, year: number): { from: number; to: number; offset: number }[] => {
  const end = Date.UTC(year + 1, 0, 1);
  const found = [];
  let at = Temporal.Instant.fromEpochMilliseconds(Date.UTC(year, 0, 1)).toZonedDateTimeISO(timeZone);
  while (at.epochMilliseconds < end) {
    const next = at.getTimeZoneTransition('next');
    const to = next ? Math.min(next.epochMilliseconds, end) : end;
    found.push({ from: at.epochMilliseconds, to, offset: at.offsetNanoseconds / 1e6 });
    if (!next) break;
    at = next;
  }
  return found;
};

const buildYear = (timeZone: string, hoursOf: (day: number) => Span[], year: number): Year => {
  const built: Year = { starts: [], ends: [], before: [], total: 0 };
  for (const { from, to, offset } of stretches(timeZone, year)) {
    const lastDay = Math.floor((to + offset - 1) / DAY_MS);
    for (let day = Math.floor((from + offset) / DAY_MS); day <= lastDay; day += 1) {
      for (const span of hoursOf(day)) {
        const start = Math.max(day * DAY_MS + span.from - offset, from);
        const end = Math.min(day * DAY_MS + span.to - offset, to);
        if (start >= end) continue;
        built.starts.push(start);
        built.ends.push(end);
        built.before.push(built.total);
        built.total += end - start;
      }
    }
  }
  return built;
};

/** Index of the last of the sorted numbers that `holds` for, when those that it holds for come first; -1 for none. */
const lastIndex = (sorted: number[], holds: (value: number) => boolean): number => {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

/** Working milliseconds of the year before an instant in it. */
const workedBefore = ({ starts, ends, before }: Year, instant: number): number => {
  const index = lastIndex(starts, (start) => start <= instant);
  return index < 0 ? 0 : before[index]! + Math.min(instant, ends[index]!) - starts[index]!;
};

/** A calculator over these hours. It keeps the years that it was asked about: O(log n) in the hours of a year. */
export const workingTime = (hours: WorkingHours): WorkingTime => {
  const years = new Map<number, Year>();
  const hoursOf = dayBook(hours);
  const inYear = (year: number): Year => {
    let known = years.get(year);
    if (!known) years.set(year, (known = buildYear(hours.timeZone, hoursOf, year)));
    return known;
  };
  const locate = (worked: number, from: number, forwards: boolean): Date => {
    let [left, year] = [worked, from];
    const leaves = () => (forwards ? left > inYear(year).total : left < 0);
    while (leaves()) {
      if (Math.abs(year - from) > YEARS_MAX) throw new Error('This calendar has no working time.');
      if (forwards) {
        left -= inYear(year).total;
        year += 1;
      } else {
        year -= 1;
        left += inYear(year).total;
      }
    }
    const { starts, before } = inYear(year);
    const index = lastIndex(before, (sum) => (forwards ? sum < left : sum <= left));
    return new Date(starts[index]! + left - before[index]!);
  };
  return {
    add: (start, minutes) => {
      const worth = Math.round(minutes * MINUTE_MS);
      if (!worth) return start;
      const year = start.getUTCFullYear();
      return locate(workedBefore(inYear(year), start.getTime()) + worth, year, worth > 0);
    },
    between: (from, to) => {
      const [first, last] = [from.getUTCFullYear(), to.getUTCFullYear()];
      let worked = workedBefore(inYear(last), to.getTime()) - workedBefore(inYear(first), from.getTime());
      for (let year = Math.min(first, last); year < Math.max(first, last); year += 1)
        worked += Math.sign(last - first) * inYear(year).total;
      return worked / MINUTE_MS;
    },
  };
};
