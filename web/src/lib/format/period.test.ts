import { describe, expect, it } from 'vitest';
import { isPeriod, naturalGrain, periodBefore, presetPeriod, yearBefore, type Preset } from './period.ts';

const today = '2026-11-21'; // a Saturday

describe('presets', () => {
  it.each<[Preset, number, string, string]>([
    ['today', 1, '2026-11-21', '2026-11-21'],
    ['thisWeek', 1, '2026-11-16', '2026-11-22'],
    ['last7Days', 1, '2026-11-15', '2026-11-21'],
    ['thisMonth', 1, '2026-11-01', '2026-11-30'],
    ['lastMonth', 1, '2026-10-01', '2026-10-31'],
    ['thisQuarter', 1, '2026-10-01', '2026-12-31'],
    ['lastQuarter', 1, '2026-07-01', '2026-09-30'],
    ['thisYear', 1, '2026-01-01', '2026-12-31'],
    ['thisYear', 4, '2026-04-01', '2027-03-31'],
    ['lastYear', 4, '2025-04-01', '2026-03-31'],
    ['thisQuarter', 2, '2026-11-01', '2027-01-31'],
    ['thisYear', 12, '2025-12-01', '2026-11-30'],
  ])('%s with a year from month %i', (preset, fiscalStart, fromDate, toDate) => {
    expect(presetPeriod(preset, today, fiscalStart)).toEqual({ fromDate, toDate });
  });
});

describe('comparing', () => {
  it('compares months with months and days with days', () => {
    expect(periodBefore({ fromDate: '2026-03-01', toDate: '2026-03-31' })).toEqual({
      fromDate: '2026-02-01',
      toDate: '2026-02-28',
    });
    expect(periodBefore({ fromDate: '2026-10-01', toDate: '2026-12-31' })).toEqual({
      fromDate: '2026-07-01',
      toDate: '2026-09-30',
    });
    expect(periodBefore({ fromDate: '2026-11-15', toDate: '2026-11-21' })).toEqual({
      fromDate: '2026-11-08',
      toDate: '2026-11-14',
    });
  });
  it('finds the same window a year before, leap days included', () => {
    expect(yearBefore({ fromDate: '2025-02-01', toDate: '2025-02-28' })).toEqual({
      fromDate: '2024-02-01',
      toDate: '2024-02-29',
    });
    expect(yearBefore({ fromDate: '2026-11-15', toDate: '2026-11-21' })).toEqual({
      fromDate: '2025-11-15',
      toDate: '2025-11-21',
    });
  });
});

it('draws a window with a grain that can be read', () => {
  expect(naturalGrain({ fromDate: '2026-11-01', toDate: '2026-11-30' })).toBe('DAY');
  expect(naturalGrain({ fromDate: '2026-10-01', toDate: '2026-12-31' })).toBe('WEEK');
  expect(naturalGrain({ fromDate: '2026-01-01', toDate: '2026-12-31' })).toBe('MONTH');
  expect(naturalGrain({ fromDate: '2020-01-01', toDate: '2026-12-31' })).toBe('QUARTER');
});

it('knows a window that is none', () => {
  expect(isPeriod({ fromDate: '2026-11-30', toDate: '2026-11-01' })).toBe(false);
  expect(isPeriod({ fromDate: '', toDate: '2026-11-01' })).toBe(false);
});
