import { describe, expect, it } from 'vitest';
import { dayOf, daysIn, turn } from './days.ts';
import { blocksOn, entriesOn, entryOfSchedule, entryOfTask, minutesOn } from './entry.ts';

const ZONES = { reader: 'America/New_York', enterprise: 'Asia/Shanghai' };
const schedule = (id: string, startTime: string, endTime: string, allDay = false) =>
  entryOfSchedule({ id, name: id, startTime, endTime, allDay } as never, ZONES);

describe('the days of a calendar', () => {
  it('are whole weeks from Monday on', () => {
    expect(daysIn('week', '2026-03-01')).toEqual(expect.arrayContaining(['2026-02-23', '2026-03-01']));
    const month = daysIn('month', '2026-02-10');
    expect([month[0], month.at(-1), month.length]).toEqual(['2026-01-26', '2026-03-01', 35]);
    // A February that begins on a Monday.
    expect(daysIn('month', '2027-02-15')).toHaveLength(28);
    expect(daysIn('day', '2026-03-01')).toEqual(['2026-03-01']);
  });

  it('turn by the length of the view, within the month', () => {
    expect(turn('month', '2026-01-31', 1)).toBe('2026-02-28');
    expect(turn('week', '2026-03-01', -1)).toBe('2026-02-22');
    expect(turn('day', '2026-03-01', 1)).toBe('2026-03-02');
  });

  it('are today’s where the URL names none that there is', () => {
    for (const text of [null, 'x', '2026-02-30', '9999-01-01']) expect(dayOf(text, '2026-03-01')).toBe('2026-03-01');
    expect(dayOf('2026-02-28', '2026-03-01')).toBe('2026-02-28');
  });
});

describe('an entry', () => {
  it('stands on the reader’s days, and on those of the enterprise when it lasts whole days', () => {
    // 10:00 to 12:00 in Shanghai are 21:00 to 23:00 of the day before in New York, in winter.
    const timed = schedule('a', '2026-01-10T02:00:00Z', '2026-01-10T04:00:00Z');
    expect([timed.first, timed.last]).toEqual(['2026-01-09', '2026-01-09']);
    const days = schedule('b', '2026-01-09T16:00:00Z', '2026-01-11T16:00:00Z', true);
    expect([days.first, days.last, days.from]).toEqual(['2026-01-10', '2026-01-11', undefined]);
    const task = entryOfTask(
      { id: 't', name: 't', state: 'TASK_STATE_OPEN', dueDate: '2026-01-10', dueClock: '10:00' } as never,
      ZONES,
    );
    expect(task.first).toBe('2026-01-09');
  });

  it('takes the part of a day that it lasts, also over midnight and when clocks change', () => {
    const night = schedule('n', '2026-01-10T03:00:00Z', '2026-01-10T07:00:00Z');
    expect(minutesOn(night, '2026-01-09', ZONES.reader)).toEqual({ start: 22 * 60, end: 1_440 });
    expect(minutesOn(night, '2026-01-10', ZONES.reader)).toEqual({ start: 0, end: 120 });
    const spring = schedule('s', '2026-03-08T06:30:00Z', '2026-03-08T07:30:00Z');
    expect(minutesOn(spring, '2026-03-08', ZONES.reader)).toEqual({ start: 90, end: 210 });
    expect(entriesOn([night], '2026-01-11')).toEqual([]);
  });

  it('stands beside those that it overlaps, and alone otherwise', () => {
    const at = (id: string, from: number, until: number) =>
      schedule(
        id,
        new Date(Date.UTC(2026, 0, 10, 15 + from)).toISOString(),
        new Date(Date.UTC(2026, 0, 10, 15 + until)).toISOString(),
      );
    const blocks = blocksOn([at('a', 0, 2), at('b', 1, 3), at('c', 2, 4), at('d', 5, 6)], '2026-01-10', ZONES.reader);
    expect(blocks.map(({ entry, lane, lanes }) => [entry.key, lane, lanes])).toEqual([
      ['a', 0, 2],
      ['b', 1, 2],
      ['c', 0, 2],
      ['d', 0, 1],
    ]);
  });
});
