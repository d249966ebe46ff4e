import { describe, expect, it } from 'vitest';
import { completionOf, standingOf } from './completion.ts';

const months = (...rows: [month: string, target: string, actual: string][]) =>
  rows.map(([month, target, actual]) => ({ month, target, actual }));

describe('completion', () => {
  it('is what was brought in of the target, with what is left', () => {
    const done = completionOf(
      months(['2026-09-01', '300.00', '100.10'], ['2026-10-01', '100', '33.23']),
      '2026-11-23',
      'CNY',
    );
    expect(done).toEqual({
      ...{ target: '400.00', actual: '133.33', rate: '33.3', gap: '-266.67' },
      ...{ expected: '400.00', pace: '33.3' },
    });
    expect(standingOf(done)).toBe('late');
  });

  it('is measured against the part of the month that has begun', () => {
    // 15 of 30 days.
    const done = completionOf(months(['2026-11-01', '100', '50']), '2026-11-15', 'CNY');
    expect(done).toMatchObject({ rate: '50.0', expected: '50.00', pace: '100.0' });
    expect(standingOf(done)).toBe('on-pace');
  });

  it('expects nothing of months to come, and keeps the season of the months', () => {
    const year = months(['2026-01-01', '20', '20'], ['2026-02-01', '180', '0']);
    expect(completionOf(year, '2026-01-31', 'CNY')).toMatchObject({ rate: '10.0', expected: '20.00', pace: '100.0' });
    expect(completionOf(months(['2026-12-01', '5', '1']), '2026-11-30', 'CNY')).toMatchObject({
      rate: '20.0',
      pace: '',
    });
  });

  it('has no rate without a target, nor with one of 0', () => {
    const none = completionOf(months(['2026-11-01', '', '50']), '2026-11-15', 'CNY');
    expect(none).toMatchObject({ target: '', actual: '50.00', rate: '', gap: '', pace: '' });
    expect(standingOf(none)).toBe('none');
    expect(completionOf(months(['2026-11-01', '0.00', '50']), '2026-11-15', 'CNY')).toMatchObject({
      ...{ target: '0.00', rate: '', gap: '50.00' },
    });
  });

  it('may go beyond the target, and below nothing when more went back', () => {
    expect(completionOf(months(['2026-11-01', '30', '45.5']), '2026-11-30', 'CNY')).toMatchObject({ rate: '151.7' });
    const back = completionOf(months(['2026-11-01', '30', '-4.55']), '2026-11-30', 'CNY');
    expect(back).toMatchObject({ actual: '-4.55', rate: '-15.2', gap: '-34.55' });
  });
});
