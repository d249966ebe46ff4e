import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '../mesh/person.ts';
import { PATIENT_MS, type House } from './house.ts';

const DAY_MS = 86_400_000;
const dayFrom = (ms: number): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(new Date(ms));

/** What somebody has planned and promised, and what reminds of it. */
export const calendar = (house: () => House) =>
  describe('the calendar', () => {
    let seller: Page;
    const tomorrow = dayFrom(Date.now() + DAY_MS);

    it('shows whom one promised to be in touch with, until the promise is taken back', async () => {
      const { seller: person } = house().people;
      const lead = await person.post('/v1/leads', { name: '约好回电的线索', phones: ['13700007011'] });
      const subject = { subjectNoun: 'lead', subjectId: lead.id };
      const said = { kind: 'ACTIVITY_KIND_CALL', content: '明天再联系', nextContactDate: tomorrow, ...subject };
      const activity = await person.post('/v1/activities', said);
      seller = await house().visit('seller', `/calendar?view=day&date=${tomorrow}`);
      await seller.getByRole('link', { name: /约定联系.*约好回电的线索/ }).waitFor();
      await person.patch(`/v1/activities/${activity.id}`, { nextContactDate: dayFrom(Date.now() + 40 * DAY_MS) });
      await seller.getByRole('link', { name: /约好回电的线索/ }).waitFor({ state: 'detached' });
    });

    it('takes a schedule at the hour that is pressed, by keyboard too', async () => {
      await seller.getByRole('button', { name: /在 .*10:00 新建日程/ }).click();
      await seller.getByLabel('标题').fill('拜访恒通贸易');
      await seller.getByLabel('地点').fill('苏州路 8 号');
      await seller.getByRole('dialog').getByRole('button', { name: '保存', exact: true }).click();
      const entry = seller.getByRole('link', { name: /10:00.*拜访恒通贸易/ });
      await entry.waitFor();
      await house().shoot(seller, 'calendar-day');
      await seller.keyboard.press('w');
      await seller.waitForURL(/view=week/);
      await entry.waitFor();
      await house().shoot(seller, 'calendar-week');
      await seller.keyboard.press('m');
      await seller.waitForURL(/view=month/);
      await entry.waitFor();
      await house().shoot(seller, 'calendar-month');
      await seller.keyboard.press('n');
      await seller.getByRole('dialog', { name: '新建日程' }).waitFor();
      await seller.keyboard.press('Escape');
      await entry.click();
      await seller.getByRole('heading', { level: 1, name: '拜访恒通贸易' }).waitFor();
    });

    it('is that of a report for who leads them, and one day on a phone', async () => {
      const { seller: person } = house().people;
      const path = `/calendar?view=week&date=${tomorrow}&person=${person.id}`;
      const page = await house().visit('manager', path, { viewport: { width: 390, height: 844 }, hasTouch: true });
      await page.getByRole('link', { name: /拜访恒通贸易/ }).waitFor();
      await house().shoot(page, 'calendar-phone');
      await page.context().close();
      const { schedules } = await house().people.colleague.get(`/v1/schedules?filter=owner_id="${person.id}"`);
      expect(schedules).toEqual([]);
    });

    it('reminds in time', async () => {
      const { seller: person } = house().people;
      await person.post('/v1/notifications:markRead', { all: true });
      const start = Date.now() + 64_000;
      await person.post('/v1/schedules', {
        name: '电话会议',
        startTime: new Date(start).toISOString(),
        endTime: new Date(start + 1_800_000).toISOString(),
        reminderMinutes: 1,
      });
      await until(
        'the reminder',
        PATIENT_MS,
        async () => (await person.get('/v1/notifications?unread=true')).notifications.length === 1,
      );
      await seller.goto('/notifications');
      await seller.getByRole('listitem').filter({ hasText: '日程即将开始' }).filter({ hasText: '电话会议' }).waitFor();
      await seller.context().close();
    });
  });
