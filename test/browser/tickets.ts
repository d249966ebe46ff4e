import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '../mesh/person.ts';
import { FRESH_MS, type House } from './house.ts';

const NAME = '码头岸桥频繁报警';

/** What a customer asks for after the sale: raised by one of the desk, taken by another, answered, held and solved. */
export const tickets = (house: () => House) =>
  describe('tickets', () => {
    let clerk: Page;
    let engineer: Page;
    /** Where the stranger follows a ticket, and its id. */
    const followed = { address: '', id: '' };

    const ticket = async () => {
      const { tickets: found } = await house().enterprise.admin.get(`/v1/tickets?query=${encodeURIComponent(NAME)}`);
      return found[0];
    };
    const inState = (state: string) =>
      until(state, 10_000, async () => (await ticket()).state === `TICKET_STATE_${state}`);
    const act = async (page: Page, action: string) => {
      await page.getByRole('button', { name: '操作', exact: true }).first().click();
      await page.getByRole('menuitem', { name: action }).click();
    };

    it('takes what a customer asks for, due in working time', async () => {
      const { hire, rootId, admin } = house().enterprise;
      await hire('clerk', '客服', rootId, { name: '何洁' });
      await hire('engineer', '客服', rootId, { name: '郭涛' });
      const customer = await admin.post('/v1/customers', { name: '远东船舶管理有限公司' });
      clerk = await house().visit('clerk', `/tickets/new?customerId=${customer.id}`);
      await clerk.getByLabel('主题').fill(NAME);
      await clerk.getByLabel('描述').fill('三号岸桥每十分钟报警一次，夜班无法卸货。');
      await clerk.getByRole('button', { name: '保存', exact: true }).click();
      await clerk.getByRole('heading', { level: 1, name: NAME }).waitFor();
      await clerk
        .getByText(/^到期 /)
        .first()
        .waitFor();
      const { number, customerId, ownerId, targetMinutes } = await ticket();
      expect(number).toMatch(/^TICK-\d{4}-\d+$/);
      expect({ customerId, ownerId, targetMinutes }).toEqual({ customerId: customer.id, targetMinutes: 960 });
    });

    it('is taken by one of two, and the other sees at once whose it is', async () => {
      const { id } = await ticket();
      engineer = await house().visit('engineer', '/tickets');
      await engineer.getByRole('link', { name: NAME }).first().click();
      await engineer.getByRole('button', { name: '领取' }).click();
      await engineer.getByText('已领取').waitFor();
      await clerk.getByRole('button', { name: '领取' }).waitFor({ state: 'detached', timeout: FRESH_MS * 2 });
      const second = await house().enterprise.admin.ask('POST', `/v1/tickets/${id}:claim`, {});
      expect(second).toMatchObject({ status: 422, body: { reason: 'TICKET_TAKEN', params: { name: '郭涛' } } });
    });

    it('is answered and noted on, and both read it', async () => {
      const say = async (text: string) => {
        await engineer.getByLabel('内容', { exact: true }).fill(text);
        await engineer.getByRole('button', { name: '发送' }).click();
        await clerk.getByText(text).waitFor({ timeout: FRESH_MS * 2 });
      };
      await say('工程师今晚八点到达，请先保持断电。');
      await engineer.getByRole('radio', { name: '内部备注' }).check();
      await say('备件只剩一块主板。');
      expect((await ticket()).firstAnswerTime).toBeTruthy();
      await house().shoot(engineer, 'ticket');
    });

    it('stands still while it waits, is solved with how, and opened again', async () => {
      await act(engineer, '等待客户');
      await inState('PENDING_CUSTOMER');
      await engineer.getByText(/^计时已停，剩余 \d+ 工作分钟$/).waitFor();
      await act(engineer, '开始处理');
      await inState('OPEN');
      await engineer.getByRole('button', { name: '解决', exact: true }).click();
      const dialog = engineer.getByRole('dialog', { name: '解决' });
      await dialog.getByRole('button', { name: '解决', exact: true }).click();
      await dialog
        .getByText(/必填|请填写/)
        .first()
        .waitFor();
      await dialog.getByLabel('解决方案').fill('更换变频器散热风扇，运行两小时无报警。');
      // Somebody else saves while she types: her text goes in all the same.
      const { id, version } = await ticket();
      await house().enterprise.admin.patch(`/v1/tickets/${id}`, { priority: 'TICKET_PRIORITY_URGENT', version });
      await dialog.getByRole('button', { name: '解决', exact: true }).click();
      await inState('SOLVED');
      await act(engineer, '重新打开');
      await inState('OPEN');
      expect((await ticket()).reopenCount).toBe(1);
      await Promise.all([clerk, engineer].map((page) => page.context().close()));
    });

    it('stands on the board of its state, and in its customer’s story', async () => {
      const page = await house().visit('engineer', '/tickets/board');
      await page.getByRole('link', { name: NAME }).waitFor();
      await house().shoot(page, 'tickets-board');
      const { customerId } = await ticket();
      await page.goto(`/customers/${customerId}`);
      await page.getByText('解决了工单').waitFor({ timeout: FRESH_MS * 2 });
      await house().shoot(page, 'customer-story');
      await page.context().close();
    });

    it('comes from a stranger too, who follows it by a link and answers', async () => {
      const clerk = await house().visit('admin', '/settings/queues/new');
      await clerk.getByLabel('名称').fill('网上请求');
      await clerk.getByLabel('标题').fill('联系客户服务');
      await clerk
        .getByRole('switch', { name: '开放' })
        .or(clerk.getByRole('checkbox', { name: '开放' }))
        .click();
      await clerk.getByRole('button', { name: '保存' }).click();
      const address = clerk.getByRole('link', { name: /\/request\// });
      await address.waitFor();
      const stranger = await house().visit(null, (await address.getAttribute('href'))!);
      await stranger.getByLabel('主题').fill('岸桥监测无法登录');
      await stranger.getByLabel('描述').fill('验证码之后页面空白');
      await stranger.getByLabel('姓名').fill('韩梅梅');
      await stranger.getByRole('button', { name: '提交' }).click();
      await stranger.getByText('请填写此项').first().waitFor();
      await stranger.getByLabel('邮箱').fill('han@fareast.example.com');
      await stranger.waitForTimeout(3_000);
      await stranger.getByRole('button', { name: '提交' }).click();
      await stranger.getByText(/TICK-\d{4}-\d+/).waitFor();
      await house().shoot(stranger, 'request-sent');
      const link = stranger.getByRole('link', { name: /follow#/ });
      followed.address = (await link.getAttribute('href'))!;
      await link.click();
      await stranger.getByRole('heading', { name: '岸桥监测无法登录' }).waitFor();

      const { admin } = house().enterprise;
      let id = '';
      await until('the ticket', 60_000, async () => {
        const { tickets: found } = await admin.get(`/v1/tickets?query=${encodeURIComponent('岸桥监测无法登录')}`);
        return (followed.id = id = found[0]?.id ?? '') !== '';
      });
      await admin.post(`/v1/tickets/${id}:claim`, {});
      const answer = { ticketId: id, kind: 'TICKET_MESSAGE_KIND_ANSWER', body: '请清除缓存后再试' };
      await admin.post('/v1/ticket-messages', answer);
      await stranger.reload();
      await stranger.getByText('请清除缓存后再试').waitFor();
      await stranger.getByLabel('补充说明或回复').fill('可以登录了，谢谢');
      await stranger.getByRole('button', { name: '发送' }).click();
      await house().shoot(stranger, 'request-followed');
      await until('the news', 10_000, async () => {
        const { notifications } = await admin.get('/v1/notifications?unread=true');
        return notifications.some(
          ({ kind, recordId }: Record<string, string>) =>
            kind === 'NOTIFICATION_KIND_CUSTOMER_WROTE' && recordId === id,
        );
      });
      await clerk.goto(`/tickets/${id}`);
      await clerk.getByText('可以登录了，谢谢').waitFor();
      await clerk.getByText('客户回复').waitFor();
      // No mail server here: what was written stays where administrators see it.
      await clerk.goto('/settings/mail');
      await clerk.getByText('未配置邮件服务器').first().waitFor();
      await clerk.getByRole('button', { name: '岸桥监测无法登录' }).first().click();
      const mail = clerk.getByRole('dialog').frameLocator('iframe');
      await mail.getByText('请清除缓存后再试').waitFor();
      await mail.getByRole('link', { name: '查看进展或回复' }).waitFor();
      await house().shoot(clerk, 'mailbox');
      await Promise.all([clerk, stranger].map((page) => page.context().close()));
    }, 150_000);

    it('sends its customer the files of answers, and none of notes', async () => {
      const clerk = await house().visit('admin', `/tickets/${followed.id}`);
      const say = async (kind: string, text: string, name: string) => {
        await clerk.getByRole('radio', { name: kind }).check();
        await clerk.getByLabel('内容', { exact: true }).fill(text);
        const file = { name, mimeType: 'text/plain', buffer: Buffer.from(text) };
        await clerk.getByLabel('添加附件').setInputFiles(file);
        await clerk.getByRole('button', { name: `移除 ${name}` }).waitFor();
        await clerk.getByRole('button', { name: '发送' }).click();
        await clerk.getByRole('link', { name }).waitFor();
      };
      await say('答复客户', '操作步骤见附件', '清除缓存的步骤.txt');
      await say('内部备注', '账号曾被锁定', '登录日志.txt');
      await house().shoot(clerk, 'ticket-files');
      const stranger = await house().visit(null, followed.address);
      const file = stranger.getByRole('button', { name: '清除缓存的步骤.txt' });
      await file.waitFor();
      const [download] = await Promise.all([stranger.waitForEvent('download'), file.click()]);
      expect(download.suggestedFilename()).toBe('清除缓存的步骤.txt');
      expect(await readFile(await download.path(), 'utf8')).toBe('操作步骤见附件');
      expect(await stranger.getByText('登录日志').count()).toBe(0);
      await house().shoot(stranger, 'request-files');
      // What is taken off the ticket is the customer's no more, on a page that still shows it too: it looks every 20 seconds.
      await clerk.getByRole('tab', { name: '附件' }).click();
      await clerk.getByRole('button', { name: '移除 清除缓存的步骤.txt' }).click();
      await stranger.reload();
      await file.waitFor();
      await clerk.getByRole('button', { name: '移除', exact: true }).click();
      await clerk.getByRole('button', { name: '移除 清除缓存的步骤.txt' }).waitFor({ state: 'detached' });
      await file.click();
      await stranger.getByText('没有这条记录').waitFor();
      await file.waitFor({ state: 'detached' });
      await Promise.all([clerk, stranger].map((page) => page.context().close()));
    });
  });
