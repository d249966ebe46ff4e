import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minutesOf, workingTime, type DayHours, type WorkingHours } from './working-time.ts';

const OFFICE = [1, 2, 3, 4, 5].flatMap((weekday) => [
  { weekday, from: '09:00', to: '12:00' },
  { weekday, from: '13:30', to: '18:00' },
]);
const at = (text: string): Date => new Date(Temporal.ZonedDateTime.from(text).epochMilliseconds);
const shanghai = (local: string): Date => at(`${local}[Asia/Shanghai]`);

const SHANGHAI: WorkingHours = {
  timeZone: 'Asia/Shanghai',
  week: OFFICE,
  exceptions: [
    ...['01', '02', '03', '04', '05', '06', '07'].map((day) => ({ date: `2026-10-${day}`, hours: [] })),
    // A make-up workday: a Saturday.
    { date: '2026-10-10', hours: [{ from: '09:00', to: '12:00' }] },
  ],
};

describe('working time', () => {
  const time = workingTime(SHANGHAI);

  it.each([
    ['2026-11-20T10:00', 60, '2026-11-20T11:00'],
    ['2026-11-20T11:30', 60, '2026-11-20T14:00'],
    ['2026-11-20T11:00', 60, '2026-11-20T12:00'],
    ['2026-11-20T17:00', 120, '2026-11-23T10:00'],
    ['2026-11-21T03:00', 1, '2026-11-23T09:01'],
    ['2026-09-30T17:30', 60, '2026-10-08T09:30'],
    ['2026-10-09T17:00', 120, '2026-10-10T10:00'],
    ['2026-12-31T17:00', 120, '2027-01-01T10:00'],
    ['2026-11-23T09:30', -60, '2026-11-20T17:30'],
  ])('from %s, %i minutes lead to %s', (from, minutes, to) => {
    expect(time.add(shanghai(from), minutes)).toEqual(shanghai(to));
    expect(time.between(shanghai(from), shanghai(to))).toBe(minutes);
    expect(time.between(shanghai(to), shanghai(from))).toBe(-minutes);
  });

  it('counts what the clock shows: an hour left out is not worked, an hour repeated is worked twice', () => {
    const nights = workingTime({
      timeZone: 'Europe/Berlin',
      week: [{ weekday: 7, from: '01:00', to: '04:00' }],
      exceptions: [],
    });
    const whole = (date: string) =>
      nights.between(at(`${date}T00:00[Europe/Berlin]`), at(`${date}T12:00[Europe/Berlin]`));
    expect(['2026-03-29', '2026-06-28', '2026-10-25'].map(whole)).toEqual([120, 180, 240]);
  });

  it('says so when nobody ever works', () => {
    const never = workingTime({ timeZone: 'UTC', week: [], exceptions: [] });
    expect(() => never.add(new Date(), 1)).toThrow('no working time');
    expect(never.between(new Date(0), new Date())).toBe(0);
  });
});

/** Two years, minute by minute: does somebody work while the wall clock shows this? */
const DAYS = 731;
const START = Date.UTC(2026, 0, 1);
const reference = ({ timeZone, week, exceptions }: WorkingHours): Uint32Array => {
  const special = new Map(exceptions.map(({ date, hours }) => [date, hours]));
  const spans = (date: string) =>
    special.get(date) ?? week.filter(({ weekday }) => weekday === Temporal.PlainDate.from(date).dayOfWeek);
  const worked = new Uint32Array(DAYS * 1440 + 1);
  let [today, open]: [string, { from: number; to: number }[]] = ['', []];
  for (let hour = 0; hour < DAYS * 24; hour += 1) {
    // No zone here changes its clocks within a quarter of an hour.
    for (let quarter = 0; quarter < 4; quarter += 1) {
      const first = hour * 60 + quarter * 15;
      const local = Temporal.Instant.fromEpochMilliseconds(START + first * 60_000).toZonedDateTimeISO(timeZone);
      const date = local.toPlainDate().toString();
      if (date !== today)
        [today, open] = [date, spans(date).map(({ from, to }) => ({ from: minutesOf(from), to: minutesOf(to) }))];
      for (let minute = 0; minute < 15; minute += 1) {
        const shown = local.hour * 60 + local.minute + minute;
        const works = open.some(({ from, to }) => shown >= from && shown < to);
        worked[first + minute + 1] = worked[first + minute]! + Number(works);
      }
    }
  }
  return worked;
};

const hhmm = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** Up to three spans of a day that do not overlap. */
const dayHours = fc.uniqueArray(fc.integer({ min: 0, max: 1440 }), { minLength: 2, maxLength: 6 }).map((times) => {
  const sorted = times.toSorted((a, b) => a - b).slice(0, times.length - (times.length % 2));
  return Array.from({ length: sorted.length / 2 }, (_, index) => ({
    from: hhmm(sorted[index * 2]!),
    to: hhmm(sorted[index * 2 + 1]!),
  }));
});

const calendars: fc.Arbitrary<WorkingHours> = fc.record({
  timeZone: fc.constantFrom(
    'Asia/Shanghai',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'America/Santiago',
    'Africa/Cairo',
    'Asia/Kathmandu',
    'Pacific/Chatham',
  ),
  week: fc
    .array(dayHours, { minLength: 1, maxLength: 7 })
    .map((days) => days.flatMap((hours, index) => hours.map((span) => ({ weekday: index + 1, ...span })))),
  exceptions: fc
    .uniqueArray(fc.integer({ min: 0, max: DAYS - 1 }), { maxLength: 40 })
    .chain((days) =>
      fc.tuple(...days.map((day) => fc.tuple(fc.constant(day), fc.oneof(fc.constant<DayHours[]>([]), dayHours)))),
    )
    .map((days) =>
      days.map(([day, hours]) => ({ date: new Date(START + day * 86_400_000).toISOString().slice(0, 10), hours })),
    ),
});

const minute = fc.integer({ min: 0, max: DAYS * 1440 });
const instant = (minutes: number): Date => new Date(START + minutes * 60_000);

it('agrees with a reference that goes from minute to minute through two years, and add is the inverse of between', () => {
  fc.assert(
    fc.property(calendars, fc.array(fc.tuple(minute, minute), { minLength: 50, maxLength: 50 }), (hours, pairs) => {
      const worked = reference(hours);
      const time = workingTime(hours);
      for (const [from, to] of pairs) {
        const minutes = worked[to]! - worked[from]!;
        expect(time.between(instant(from), instant(to))).toBe(minutes);
        const reached = time.add(instant(from), minutes);
        expect(time.between(instant(from), reached)).toBe(minutes);
        const index = (reached.getTime() - START) / 60_000;
        // Counted forwards it is the first minute at which so much is done, counted backwards the last.
        if (minutes > 0) expect(worked[index - 1]).toBe(worked[to]! - 1);
        if (minutes < 0) expect(worked[index + 1]).toBe(worked[to]! + 1);
      }
    }),
    { numRuns: 12 },
  );
});

it('takes a moment within a minute as it is', () => {
  const time = workingTime(SHANGHAI);
  fc.assert(
    fc.property(
      fc.integer({ min: START, max: START + DAYS * 86_400_000 }),
      fc.integer({ min: -60_000, max: 60_000 }),
      (from, minutes) => {
        const start = new Date(from);
        expect(time.between(start, time.add(start, minutes))).toBe(minutes);
      },
    ),
  );
});
