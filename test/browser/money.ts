import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { bringAgreed } from '../mesh/agreed.ts';
import { until } from '../mesh/person.ts';
import { FRESH_MS, type House } from './house.ts';

/** What a contract brings in: its plan, a receipt entered by keyboard, what goes back. */
export const money = (house: () => House) =>
  describe('the money of a contract', () => {
    let page: Page;
    let desk: Page;
    let contractId: string;

    const balance = () => house().people.seller.get(`/v1/contracts/${contractId}/balance`);

    it('is planned in instalments', async () => {
      const { seller } = house().people;
      const { admin } = house().enterprise;
      const { id: customerId } = await seller.post('/v1/customers', { name: '远山港务' });
      const agreed = { name: '岸桥监测供货', customerId, amount: '1000', ownerId: seller.id };
      contractId = await bringAgreed(admin, agreed);
      page = await house().visit('seller', `/contracts/${contractId}`);
      await page.getByRole('button', { name: '编辑回款计划' }).click();
      await page.getByLabel('期名').first().fill('预付款');
      await page.getByLabel('到期日').first().fill('2026-03-15');
      await page.getByLabel('应收').first().fill('400');
      await page.keyboard.press('Enter');
      await page.getByRole('listitem', { name: '第 2 期' }).getByLabel('到期日').fill('2099-06-15');
      await page.keyboard.press('Control+Enter');
      await page.getByText('已保存回款计划').waitFor();
      await page.getByRole('cell', { name: '已逾期' }).waitFor();
      expect((await balance()).instalments.map(({ open }: { open: string }) => open)).toEqual(['400.00', '600.00']);
      desk = await house().visit('seller', '/');
      await desk.getByText('1 期已逾期').waitFor();
      await desk.getByRole('link', { name: '岸桥监测供货 预付款' }).waitFor();
      await house().shoot(desk, 'workbench-receivables');
    });

    it('comes in by a receipt for the oldest instalments, and the page that lies open shows it', async () => {
      const form = await house().visit('seller', `/receipts/new?contractId=${contractId}`);
      await form.getByLabel('用于第 1 期').waitFor();
      await form.locator('#field-amount input, input#field-amount').first().fill('450');
      await form.getByLabel('银行流水号').fill('T-2026-1');
      await house().shoot(form, 'receipt-form');
      expect(await form.getByLabel('用于第 2 期').inputValue()).toBe('50.00');
      await form.getByLabel('用于第 2 期').fill('60');
      await form.getByRole('button', { name: '保存' }).click();
      await form.getByText('这笔回款只剩 450.00 可分配').first().waitFor();
      await form.getByRole('button', { name: '从最早一期起' }).click();
      await form.getByRole('button', { name: '保存' }).click();
      await form.getByText(/已登记回款 RCPT-/).waitFor();
      await form.close();
      await page.getByRole('cell', { name: '已收齐' }).waitFor({ timeout: FRESH_MS * 2 });
      await house().shoot(page, 'contract-money');
      await desk
        .getByRole('link', { name: '岸桥监测供货 预付款' })
        .waitFor({ state: 'detached', timeout: FRESH_MS * 2 });
      await desk.close();
    });

    it('goes back in part, and the list says what it comes to', async () => {
      await page.getByRole('link', { name: /RCPT-/ }).click();
      await page.getByRole('heading', { level: 1, name: /RCPT-/ }).waitFor();
      const { manager } = house().people;
      const { receipts } = await manager.get(
        `/v1/receipts?filter=${encodeURIComponent(`contract_id = "${contractId}"`)}`,
      );
      const boss = await house().visit('manager', `/receipts/${receipts[0].id}`);
      await boss.getByRole('button', { name: '操作', exact: true }).click();
      await boss.getByRole('menuitem', { name: '退款' }).click();
      await boss.getByLabel('退款金额').fill('100');
      await boss.getByLabel('原因').fill('退货');
      await house().shoot(boss, 'receipt-refund');
      await boss.getByRole('dialog').getByRole('button', { name: '退款' }).click();
      await boss.getByText('已登记退款').waitFor();
      await until('the refund', 10_000, async () => (await balance()).received === '350.00');
      await house().shoot(boss, 'receipt');
      await boss.goto(`/receipts?filter=${encodeURIComponent(`contract_id = "${contractId}"`)}`);
      await boss.getByText('净回款 ¥350.00').waitFor();
      await house().shoot(boss, 'receipts');
      await boss.close();
    });

    it('is told by whose it is to see that it comes, and opens the contract behind it', async () => {
      const [first] = (await balance()).instalments as { open: string }[];
      const boss = await house().visit('manager', '/analytics?from=2026-03-01&to=2026-03-31');
      const card = boss.getByRole('region', { name: '应收分析' });
      await card.getByRole('button', { name: '查看表格' }).click();
      const row = card.getByRole('row', { name: '李雷' });
      await row
        .getByRole('button', { name: '¥400.00' })
        .first()
        .waitFor({ timeout: FRESH_MS * 2 });
      await row
        .getByText(`¥${first!.open}`)
        .first()
        .waitFor({ timeout: FRESH_MS * 2 });
      await house().shoot(boss, 'receivables');
      await row.getByRole('button', { name: '¥400.00' }).first().click();
      await boss.getByRole('dialog').getByRole('link', { name: '岸桥监测供货' }).waitFor();
      await boss.close();
    });

    it('is told by product once it is approved, and opens the contract behind it', async () => {
      const { seller, manager } = house().people;
      const product = await house().enterprise.admin.post('/v1/products', {
        ...{ name: '岸桥振动传感器', unit: '台' },
        listPrice: { amount: '600', currency: 'CNY' },
      });
      const { id: customerId } = await seller.post('/v1/customers', { name: '渤海码头' });
      const line = { productId: product.id, quantity: '3', discountPercent: '10' };
      let sold: { id: string } | undefined;
      // Sales hears of the customer a moment later.
      await until('the contract', FRESH_MS, async () => {
        const answer = await seller.ask('POST', '/v1/contracts', {
          ...{ name: '传感器供货', customerId, lines: [line], signDate: '2026-03-05', startDate: '2026-03-05' },
        });
        return Boolean((sold = answer.status === 200 ? answer.body : undefined));
      });
      await seller.post(`/v1/contracts/${sold!.id}:submit`);
      await until('its approval', FRESH_MS, async () => {
        const { approvals } = await manager.get('/v1/approvals');
        const asked = approvals.find(({ subjectId }: { subjectId: string }) => subjectId === sold!.id);
        return (
          asked && (await manager.ask('POST', `/v1/approvals/${asked.id}:decide`, { approve: true })).status === 200
        );
      });
      const boss = await house().visit('manager', '/analytics?from=2026-03-01&to=2026-03-31');
      const card = boss.getByRole('region', { name: '产品分析' });
      await card.getByRole('button', { name: '查看表格' }).click();
      const row = card.getByRole('row', { name: '岸桥振动传感器' });
      await row.waitFor({ timeout: FRESH_MS * 2 });
      for (const text of ['¥1,620.00', '¥540.00', '¥180.00', '90%']) await row.getByText(text).waitFor();
      await house().shoot(boss, 'products');
      await row.getByRole('button', { name: '¥1,620.00' }).click();
      await boss.getByRole('dialog').getByRole('link', { name: '传感器供货' }).waitFor();
      await boss.close();
    });
  });
