import { expect, it } from 'vitest';
import type { Job } from '#lib/jobs/jobs.svelte.ts';
import { hindmost, renewed, together } from './job-history.ts';

const jobs = (...times: string[]): Job[] => times.map((time) => ({ id: time, createTime: time }) as Job);
const ids = (list: Job[]): string[] => list.map(({ id }) => id);

it('shows jobs of several services in one order, as far back as all are known', () => {
  const customer = { jobs: jobs('09', '07', '05'), next: 'more' };
  const sales = { jobs: jobs('08', '02'), next: 'more' };
  const identity = { jobs: jobs('01'), next: '' };
  expect(ids(together([customer, sales, identity]))).toEqual(['09', '08', '07', '05']);
  expect(hindmost([customer, sales, identity])).toEqual([customer]);
  const whole = { jobs: [...customer.jobs, ...jobs('03')], next: '' };
  expect(ids(together([whole, sales, identity]))).toEqual(['09', '08', '07', '05', '03', '02']);
  expect(hindmost([whole, { ...sales, next: '' }, identity])).toEqual([]);
});

it('takes a first page in anew without losing what one has gone back to', () => {
  const seen = { jobs: jobs('05', '04', '03'), next: 'x' };
  expect(renewed(seen, { jobs: jobs('06', '05'), next: 'y' })).toEqual({
    jobs: jobs('06', '05', '04', '03'),
    next: 'x',
  });
});
