import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { until } from '../mesh/person.ts';
import { openReceiver, type Receiver } from '../partners/receiver.ts';
import { PATIENT_MS, type House } from './house.ts';

/** A system outside that is posted to: made, watched, helped and stopped by its administrator. */
export const webhooks = (house: () => House) =>
  describe('a webhook', () => {
    let page: Page;
    let receiver: Receiver;
    beforeAll(async () => {
      receiver = await openReceiver();
    });
    afterAll(() => receiver.close());

    const posted = (name: string) => receiver.posted.filter(({ event }) => event.data.lead?.name === name);
    const enter = (name: string) =>
      house().people.seller.post('/v1/leads', { name, source: '投递', phones: ['13600005678'] });
    const deliveries = () => page.getByRole('region', { name: 'Webhook 投递' });
    const row = (text: RegExp) => deliveries().getByRole('row', { name: text });
    const press = (name: string) => deliveries().getByRole('button', { name, exact: true }).click();

    it('is made with an address, refused where it leads inside, and posted to with the secret that is shown once', async () => {
      page = await house().visit('admin', '/settings/partners/new');
      await page.getByLabel('名称').fill('财务系统');
      await page.getByRole('combobox', { name: '接收方式' }).click();
      await page.getByRole('option', { name: 'Webhook', exact: true }).click();
      await page.getByLabel('Webhook 地址').fill('https://169.254.169.254/latest');
      await page.getByRole('button', { name: '添加一类记录' }).click();
      await page.getByRole('option', { name: '线索', exact: true }).click();
      const save = page.getByRole('button', { name: '保存', exact: true });
      await save.click();
      await page
        .getByText(/内网地址/)
        .last()
        .waitFor();
      await page.getByLabel('Webhook 地址').fill(receiver.url);
      await save.click();
      const dialog = page.getByRole('dialog', { name: '合作系统已创建' });
      const secret = await dialog.locator('code').innerText();
      expect(secret).toMatch(/^whsec_/);
      await house().shoot(page, 'webhook-secret');
      await dialog.getByRole('button', { name: '完成' }).click();
      await page.getByRole('heading', { level: 1, name: '财务系统' }).waitFor();
      await enter('投递一');
      await until('the first post', PATIENT_MS, async () => posted('投递一').length > 0);
      const [{ body, headers }] = posted('投递一') as [Receiver['posted'][number]];
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toHaveProperty('type');
      expect(body).not.toContain('13600005678');
      await row(/线索.*已投递.*HTTP 204/)
        .first()
        .waitFor();
      await row(/策略开始.*已投递/).waitFor();
    });

    it('shows what was refused and why, and sends again what somebody asks for', async () => {
      receiver.answer(() => 500);
      await enter('投递二');
      const waiting = row(/线索.*待投递.*HTTP 500/);
      await waiting.waitFor();
      await waiting.getByRole('button').first().click();
      const dialog = page.getByRole('dialog', { name: '线索' });
      await dialog.getByText('not now').first().waitFor();
      await house().shoot(page, 'webhook-event');
      await dialog.getByRole('button', { name: '关闭' }).last().click();
      receiver.answer(() => 204);
      await waiting.getByRole('button', { name: '重新发送' }).click();
      await page.getByText('将重新发送 1 个事件').waitFor();
      await row(/待投递/).waitFor({ state: 'detached', timeout: PATIENT_MS });
      const before = receiver.posted.length;
      await row(/线索.*已投递/)
        .first()
        .getByRole('button', { name: '重新发送' })
        .click();
      await until('it comes again', PATIENT_MS, async () => receiver.posted.length > before);
      await press('发送测试');
      await row(/测试.*已投递/).waitFor();
      await house().shoot(page, 'webhook');
    });

    it('waits while it is stopped, by hand or by its own wish', async () => {
      await press('停止投递');
      await page.getByRole('dialog').getByRole('button', { name: '停止投递' }).click();
      await deliveries().getByText('管理员已停止投递').waitFor();
      await enter('投递三');
      receiver.answer(() => 410);
      await press('恢复投递');
      await until('its 410', PATIENT_MS, async () => posted('投递三').length > 0);
      await page.reload();
      await deliveries().getByText('接收方返回 410').waitFor();
      await page.goto('/settings/partners');
      await page.getByRole('row', { name: /财务系统.*投递已停止/ }).waitFor();
      await page.goto('/settings/audit');
      await page
        .getByRole('row', { name: /恢复 Webhook 投递.*财务系统/ })
        .first()
        .waitFor();
      await page.context().close();
    });
  });
