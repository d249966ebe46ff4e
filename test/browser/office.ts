import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '../mesh/person.ts';
import { FRESH_MS, type House } from './house.ts';

/** What people ask of each other: tasks, what they are told, and what one decides on for another. */
export const office = (house: () => House) =>
  describe('the office', () => {
    let seller: Page;

    const task = async (name: string) => {
      const { tasks } = await house().people.seller.get(`/v1/tasks?query=${encodeURIComponent(name)}`);
      return tasks[0];
    };

    it('takes a task from a lead, with a checklist and somebody who takes part', async () => {
      const lead = await house().people.seller.post('/v1/leads', { name: '待办的线索', phones: ['13700007001'] });
      seller = await house().visit('seller', `/leads/${lead.id}`);
      await seller.getByRole('button', { name: '添加到“任务”' }).click();
      await seller.getByLabel('标题').fill('寄送样品');
      await seller.getByLabel('截止日期').fill('今天');
      await seller.getByRole('button', { name: '保存', exact: true }).click();
      await seller.getByRole('heading', { level: 1, name: '寄送样品' }).waitFor();
      await seller.getByRole('link', { name: '待办的线索' }).waitFor();
      for (const item of ['填写快递单', '拍照留底']) {
        await seller.getByPlaceholder('添加一项').fill(item);
        await seller.getByRole('button', { name: '添加', exact: true }).click();
      }
      await seller.getByRole('checkbox', { name: '拍照留底' }).waitFor();
      // Faster than any answer: both ticks are on their way at once.
      await seller
        .getByRole('checkbox')
        .evaluateAll((boxes: { click: () => void }[]) => boxes.forEach((box) => box.click()));
      const ticks = async () => (await task('寄送样品')).checklist.map(({ done }: { done: boolean }) => done);
      await until('both ticks', 10_000, async () => String(await ticks()) === 'true,true');
      await seller.getByRole('button', { name: '添加到“参与人”' }).click();
      await seller.getByRole('option', { name: /韩梅梅/ }).click();
      await until('who takes part', 10_000, async () => (await task('寄送样品')).participantIds.length === 1);
      await house().shoot(seller, 'task');
      const { id } = await task('寄送样品');
      expect((await house().people.colleague.get(`/v1/tasks/${id}`)).recordId).toBe(lead.id);
    });

    it('ticks it off among one’s own, and takes it back', async () => {
      await seller.goto('/tasks/mine');
      await house().people.seller.post('/v1/tasks', { name: '没有日期的事' });
      await seller.getByRole('link', { name: '没有日期的事' }).waitFor();
      await house().shoot(seller, 'tasks-mine');
      await seller.getByRole('checkbox', { name: '完成“寄送样品”' }).check();
      await seller.getByText('已完成任务').waitFor();
      await until('the end', 10_000, async () => (await task('寄送样品')).state === 'TASK_STATE_DONE');
      await seller.getByRole('button', { name: '撤销' }).click();
      await seller.getByRole('link', { name: '寄送样品' }).waitFor();
      expect((await task('寄送样品')).state).toBe('TASK_STATE_OPEN');
    });

    it('tells at once who was given something, until they have read it', async () => {
      const { manager, seller: person } = house().people;
      const { admin, hire } = house().enterprise;
      // Somebody who has handed over nothing yet: what one hand gives within ten minutes is told together.
      const { departmentId } = await admin.get(`/v1/employees/${manager.id}`);
      const deputy = await hire('deputy', '销售经理', departmentId, { name: '吴敏' });
      await person.post('/v1/notifications:markRead', { all: true });
      await deputy.post('/v1/tasks', { name: '整理客户需求', ownerId: person.id });
      await seller.getByRole('link', { name: '1 条未读通知' }).waitFor({ timeout: FRESH_MS * 2 });
      const lead = await deputy.post('/v1/leads', { name: '交接的线索', phones: ['13700007002'] });
      await deputy.post(`/v1/leads/${lead.id}:assign`, { ownerId: person.id });
      await seller.getByRole('link', { name: '2 条未读通知' }).click();
      const told = seller.getByRole('listitem').filter({ hasText: '吴敏' });
      await told.filter({ hasText: '交接的线索' }).waitFor();
      await told.filter({ hasText: '整理客户需求' }).waitFor();
      await house().shoot(seller, 'notifications');
      await seller.getByRole('button', { name: '全部标为已读' }).click();
      await seller.getByText('没有未读通知').waitFor();
      await seller.getByRole('link', { name: '通知', exact: true }).waitFor();
      await seller.getByRole('button', { name: '通知设置' }).click();
      await seller.getByRole('checkbox', { name: '有人交给我任务' }).uncheck();
      await until('the choice', 10_000, async () => (await person.get('/v1/notification-settings')).muted.length === 1);
      await seller.getByRole('checkbox', { name: '每个工作日早上发一封邮件' }).check();
      const chosen = { muted: ['NOTIFICATION_KIND_TASK_ASSIGNED'], dailyMail: true };
      await until('both choices', 10_000, async () => {
        const settings = await person.get('/v1/notification-settings');
        return JSON.stringify(settings) === JSON.stringify(chosen);
      });
      await house().shoot(seller, 'notification-settings');
      await seller.keyboard.press('Escape');
    });

    it('ends the day with a log that its follow-ups began, which the manager comments on', async () => {
      const { seller: person } = house().people;
      const customer = await person.post('/v1/customers', { name: '日志里的客户', kind: 'CUSTOMER_KIND_COMPANY' });
      const visit = { kind: 'ACTIVITY_KIND_VISIT', subjectNoun: 'customer', subjectId: customer.id, content: '看现场' };
      await person.post('/v1/activities', visit);
      await seller.goto('/work-logs');
      const followUps = seller.getByRole('region', { name: '当天的跟进' });
      await followUps.getByText('日志里的客户').waitFor({ timeout: FRESH_MS * 2 });
      await seller.getByLabel('今天的工作').fill('确认了泵房的改造范围');
      // What is typed stays while one looks at another day.
      await seller.getByLabel('日期', { exact: true }).fill('2026-01-05');
      await until('the other day', 10_000, async () => (await seller.getByLabel('今天的工作').inputValue()) === '');
      await seller.getByLabel('日期', { exact: true }).fill('今天');
      await until('this day', 10_000, async () => (await seller.getByLabel('今天的工作').inputValue()) !== '');
      await seller.getByRole('button', { name: '提交', exact: true }).click();
      await seller.getByRole('article').getByText('确认了泵房的改造范围').waitFor();
      await house().shoot(seller, 'work-log');
      const page = await house().visit('manager', '/work-logs?tab=team');
      const log = page.getByRole('article').filter({ hasText: '确认了泵房的改造范围' });
      await log.getByLabel('写评论').fill('下周一起去');
      await log.getByRole('button', { name: '发送' }).click();
      await log.getByRole('listitem').filter({ hasText: '下周一起去' }).waitFor();
      const told = await person.get('/v1/notifications?unread=true');
      expect(told.notifications.map(({ kind }: { kind: string }) => kind)).toContain('NOTIFICATION_KIND_LOG_COMMENTED');
      await page.goto('/work-logs?tab=missing');
      await page.getByText(/^已提交 1 人/).waitFor();
      expect(await page.getByRole('listitem').filter({ hasText: '李雷' }).count()).toBe(0);
      await house().shoot(page, 'work-logs-missing');
      await page.context().close();
    });

    it('decides on a phone, with a reason for who asked', async () => {
      const { manager, seller: person } = house().people;
      const [id, title] = [randomUUID(), '年度框架合同'];
      // Contracts ask by an event; here it is as if one had.
      const client = new pg.Client({ connectionString: house().enterprise.mesh.databaseUrl('office') });
      await client.connect();
      await client.query(
        `insert into approval (id, version, state, subject_noun, subject_id, subject_number, title, amount, requester_id, approver_id, create_time, update_time)
         values ($1, 1, 'APPROVAL_STATE_PENDING', 'contract', $1, 'CON-1', $2, '{"amount":"88000.00","currency":"CNY","baseAmount":"88000.00"}', $3, $4, now(), now())`,
        [id, title, person.id, manager.id],
      );
      await client.end();
      const phone = { viewport: { width: 390, height: 844 }, hasTouch: true };
      const page = await house().visit('manager', '/approvals', phone);
      await page.getByText(title).waitFor();
      await house().shoot(page, 'approvals-phone');
      await page.getByRole('button', { name: '驳回' }).click();
      await page.getByLabel('原因').fill('折扣过高');
      await page.getByRole('dialog').getByRole('button', { name: '驳回' }).click();
      await page.getByText('没有待您审批的事项').waitFor();
      await seller.goto('/approvals?box=ASKED');
      await seller.getByText('折扣过高').waitFor();
      await house().shoot(seller, 'approvals');
      expect((await manager.get(`/v1/approvals/${id}`)).state).toBe('APPROVAL_STATE_REFUSED');
    });
  });
