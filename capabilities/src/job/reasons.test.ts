import { notFound } from '@pelagic/chassis/problem';
import { describe, expect, test } from 'vitest';
import { jobMessage, type JobRow } from './job.ts';
import { faultsOf } from './one-row.ts';
import { sayFault, sayFaults } from './reasons.ts';

const future = {
  field: 'opportunity.closeDate',
  reason: 'DATE_IN_FUTURE',
  message: 'A deal cannot have been closed on a day to come.',
} as const;
const required = { field: 'name', reason: 'REQUIRED', message: 'name is required.' } as const;

describe('what is wrong with a row', () => {
  test.each([
    ['zh-CN', '日期不能晚于今天'],
    ['en', 'A deal cannot have been closed on a day to come.'],
  ])('is said in %s', (locale, said) => expect(sayFault(future, locale)).toBe(said));

  test.each([
    ['zh-CN', '没有这条记录，或您无权查看'],
    ['en', 'There is no such lead, or it is not yours to see.'],
  ])('is said of a record that is not there in %s', (locale, said) =>
    expect(faultsOf(notFound('lead')).map((fault) => sayFault(fault, locale))).toEqual([said]),
  );

  test('stands in one cell, each after the heading of its field', () =>
    expect(
      sayFaults(
        [future, required],
        'zh-CN',
        new Map([
          ['closeDate', '成交日期'],
          ['name', '名称'],
        ]),
      ),
    ).toBe('成交日期: 日期不能晚于今天; 名称: 必填'));
});

describe('why a job failed', () => {
  const failed = {
    problem_reason: 'BAD_CSV',
    problem: 'The file cannot be read.',
    create_time: '2026-03-01T00:00:00Z',
  };
  test.each([
    ['zh-CN', '文件无法读取：可能有引号未闭合。'],
    ['en', 'The file cannot be read.'],
  ])('is said in %s', (locale, problem) =>
    expect(jobMessage('sales', { ...failed, locale } as JobRow)).toMatchObject({ problem, problemReason: 'BAD_CSV' }),
  );
});
