import { describe, expect, it } from 'vitest';
import {
  addMonths,
  dateIn,
  instantIn,
  localIn,
  daysBetween,
  formatDate,
  formatDueDate,
  formatExact,
  formatRelative,
  isDate,
  weekday,
} from './date.ts';
import { parseTypedDate } from './typed-date.ts';

describe('dates', () => {
  it('knows the real calendar', () => {
    expect(isDate('2024-02-29')).toBe(true);
    expect(isDate('2026-02-29')).toBe(false);
    expect(isDate('2026-2-3')).toBe(false);
  });
  it('stays within the month', () => {
    expect(addMonths('2026-01-31', 1)).toBe('2026-02-28');
    expect(addMonths('2026-03-31', -1)).toBe('2026-02-28');
    expect(addMonths('2026-12-15', 2)).toBe('2027-02-15');
  });
  it('counts days and weekdays', () => {
    expect(daysBetween('2026-02-27', '2026-03-02')).toBe(3);
    expect(weekday('2026-11-22')).toBe(7);
  });
  it('reads the wall of a zone', () => {
    const instant = new Date('2026-03-01T20:30:00Z');
    expect(dateIn('Asia/Shanghai', instant)).toBe('2026-03-02');
    expect(dateIn('America/New_York', instant)).toBe('2026-03-01');
  });
});

describe('a wall clock', () => {
  it.each([
    ['Asia/Shanghai', '2026-03-05T14:00', '2026-03-05T06:00:00.000Z'],
    ['America/New_York', '2026-03-05T14:00', '2026-03-05T19:00:00.000Z'],
    ['America/New_York', '2026-07-05T14:00', '2026-07-05T18:00:00.000Z'],
    ['Asia/Kolkata', '2026-03-05T00:15', '2026-03-04T18:45:00.000Z'],
    ['UTC', '2026-03-05T14:00', '2026-03-05T14:00:00.000Z'],
  ])('of %s at %s is %s', (zone, local, instant) => {
    expect(instantIn(zone, local)).toBe(instant);
    expect(localIn(zone, new Date(instant))).toBe(local);
  });
});

describe('showing', () => {
  it('leaves the year out when it is this year', () => {
    expect(formatDate('2026-03-05', 'zh-CN', '2026-11-21')).toBe('3月5日');
    expect(formatDate('2025-03-05', 'en', '2026-11-21')).toBe('Mar 5, 2025');
  });
  it('says how far a due date is', () => {
    expect(formatDueDate('2026-11-22', 'zh-CN', '2026-11-21')).toBe('明天');
    expect(formatDueDate('2026-11-18', 'en', '2026-11-21')).toBe('3 days ago');
    expect(formatDueDate('2026-12-21', 'en', '2026-11-21')).toBe('Dec 21');
  });
  it('is relative near now and a date further away', () => {
    const now = new Date('2026-11-21T10:00:00Z');
    expect(formatRelative('2026-11-21T09:59:50Z', 'en', 'UTC', now)).toBe('now');
    expect(formatRelative('2026-11-21T09:55:00Z', 'zh-CN', 'UTC', now)).toBe('5分钟前');
    expect(formatRelative('2026-11-20T23:00:00Z', 'en', 'UTC', now)).toBe('yesterday');
    expect(formatRelative('2026-10-01T00:00:00Z', 'zh-CN', 'UTC', now)).toBe('10月1日');
  });
  it('crosses midnight in the zone of the reader', () => {
    const now = new Date('2026-11-21T16:30:00Z');
    expect(formatRelative('2026-11-21T15:00:00Z', 'zh-CN', 'Asia/Shanghai', now)).toBe('昨天');
  });
  it('gives the exact instant with its zone', () => {
    expect(formatExact('2026-11-21T16:30:05Z', 'zh-CN', 'Asia/Shanghai')).toContain('2026/11/22 00:30:05');
  });
});

describe('typing a date', () => {
  const today = '2026-11-21'; // a Saturday
  it.each([
    ['今天', '2026-11-21'],
    ['tomorrow', '2026-11-22'],
    ['前天', '2026-11-19'],
    ['+3', '2026-11-24'],
    ['3天后', '2026-11-24'],
    ['2周前', '2026-11-07'],
    ['1个月后', '2026-12-21'],
    ['2w', '2026-12-05'],
    ['周一', '2026-11-23'],
    ['周日', '2026-11-22'],
    ['本周一', '2026-11-16'],
    ['下周五', '2026-11-27'],
    ['fri', '2026-11-27'],
    ['next mon', '2026-11-23'],
    ['2026-3-5', '2026-03-05'],
    ['２０２６年３月５日', '2026-03-05'],
    ['20260305', '2026-03-05'],
    ['12.5', '2026-12-05'],
    ['0105', '2027-01-05'],
    ['8/1', '2026-08-01'],
    ['3月5日', '2027-03-05'],
  ])('%s is %s', (typed, date) => expect(parseTypedDate(typed, today)).toBe(date));

  it.each([[''], ['2026-02-30'], ['13/1'], ['soon'], ['3月'], ['5']])('%s is no date', (typed) =>
    expect(parseTypedDate(typed, today)).toBeNull(),
  );
});
