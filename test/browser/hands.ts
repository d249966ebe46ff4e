import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { House } from './house.ts';

/** More than a page of a list. */
const LEADS = 55;
const PHONE = '13511110000';

/** What mouse and keyboard do in a list and in its form, and what is said when an answer does not come. */
export const hands = (house: () => House) =>
  describe('hands on a list', () => {
    let page: Page;

    const here = (filter: string) => `/leads?filter=${encodeURIComponent(filter)}`;
    const rows = () => page.locator('[role=row][aria-selected]');
    const box = (row: number) => rows().nth(row).getByRole('checkbox');
    const focused = () => page.locator(':focus');

    /** Places of the rows that look chosen, of those whose box is ticked. */
    const chosen = async () => {
      const all = await rows().evaluateAll((found) =>
        found.map((row) => [row.ariaSelected === 'true', row.querySelector('input')!.checked] as const),
      );
      const places = (which: 0 | 1) => all.flatMap((one, at) => (one[which] ? [at] : []));
      expect(places(0)).toEqual(places(1));
      return places(0);
    };

    const unanswered = (part: RegExp) =>
      page.route(part, (route) =>
        route.fulfill({
          status: 503,
          contentType: 'application/problem+json',
          json: { status: 503, code: 'UNAVAILABLE', reason: 'UNAVAILABLE', detail: '服务暂时不可用', traceId: 'cafe' },
        }),
      );

    beforeAll(async () => {
      const { manager } = house().people;
      const one = (at: number) => ({ name: `亲手${at}`, phones: [`1351111${1000 + at}`], source: '手工' });
      await Promise.all(Array.from({ length: LEADS }, (_, at) => manager.post('/v1/leads', one(at))));
    });

    it('chooses what it shows as chosen: by a click, by another, by a row of them', async () => {
      page = await house().visit('manager', here('source = "手工"'));
      await box(1).click();
      expect(await chosen()).toEqual([1]);
      await box(4).click({ modifiers: ['Shift'] });
      expect(await chosen()).toEqual([1, 2, 3, 4]);
      await box(2).click({ modifiers: ['Shift'] });
      expect(await chosen()).toEqual([1, 2, 3, 4]);
      await box(2).click();
      expect(await chosen()).toEqual([1, 3, 4]);
    });

    it('takes the chosen out as a file, throws them away and fetches them back, and says so', async () => {
      const bar = page.getByRole('toolbar', { name: '批量操作' });
      await bar.getByRole('button', { name: '导出' }).click();
      await page.getByRole('menuitem', { name: '导出 CSV' }).click();
      await page.getByRole('heading', { name: '导出 · 已完成' }).waitFor();
      const link = page.getByRole('link', { name: '下载结果' });
      const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
      expect(readFileSync(await download.path(), 'utf8').match(/亲手/g)).toHaveLength(3);
      await page.getByRole('button', { name: '隐藏' }).click();

      await bar.getByRole('button', { name: '删除' }).click();
      await page.getByRole('alertdialog').or(page.getByRole('dialog')).getByRole('button', { name: '删除' }).click();
      await page.getByRole('heading', { name: '批量删除 · 已完成' }).waitFor();
      await page.getByText('删除 3', { exact: true }).waitFor();
      await house().shoot(page, 'bulk-deleted');
      await page.getByRole('complementary', { name: '后台任务' }).getByRole('link', { name: '回收站' }).click();
      await page.getByRole('heading', { level: 1, name: '线索回收站' }).waitFor();
      await rows().nth(2).waitFor();
      await page.getByRole('checkbox', { name: '选择全部' }).check();
      await bar.getByRole('button', { name: '恢复', exact: true }).click();
      await page.getByRole('heading', { name: '批量恢复 · 已完成' }).waitFor();
    });

    it('goes by letters wherever nothing takes text, also after something was taken back by mouse', async () => {
      await page.goto(here('source = "手工"'));
      await rows().first().waitFor();
      await page.keyboard.press('j');
      await page.keyboard.press('j');
      await page.keyboard.press('x');
      expect(await chosen()).toEqual([1]);
      await page.keyboard.press('Escape');
      await rows().nth(1).getByRole('gridcell').nth(2).dblclick();
      await page.keyboard.type('改过的公司');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: '撤销' }).last().click();
      await page.getByRole('grid').and(focused()).waitFor();
    });

    it('stands on its row when another comes on top of it', async () => {
      await page.goto(here('source = "手工"'));
      await rows().first().waitFor();
      await page.keyboard.press('j');
      await page.keyboard.press('j');
      const late = { name: '后来居上', phones: ['13511112999'], source: '手工' };
      await house().people.manager.post('/v1/leads', late);
      await rows().first().getByText(late.name).waitFor();
      await page.keyboard.press('x');
      expect(await chosen()).toEqual([2]);
      await page.keyboard.press('Escape');
    });

    it('shows an error in place of the rows of another question, and above those of this one', async () => {
      await unanswered(/\/v1\/leads\?.*pageToken=\w/);
      await page.getByRole('grid').press('End');
      await page.getByRole('alert').getByText('服务暂时不可用').waitFor();
      expect(await rows().count()).toBeGreaterThan(10);
      await house().shoot(page, 'next-page-unanswered');

      await unanswered(/\/v1\/leads\?.*nowhere/);
      await page.keyboard.press('/');
      await page.keyboard.type('nowhere');
      await page.getByRole('heading', { name: '服务暂时不可用' }).waitFor();
      expect(await rows().count()).toBe(0);
      expect(await page.getByRole('checkbox', { name: '选择全部' }).isDisabled()).toBe(true);
      await house().shoot(page, 'question-unanswered');
      await page.unrouteAll();
      await page.getByRole('button', { name: '重试' }).click();
      await page.getByText('没有找到').first().waitFor();
    });

    it('enters one lead after another by keyboard, and shows a look-alike before it is saved', async () => {
      await page.goto('/leads/new');
      const form = page.getByRole('dialog', { name: '新建线索' });
      const name = form.getByLabel('姓名');
      const phone = form.getByLabel('电话', { exact: true });
      await name.fill('连着录一');
      await phone.fill(PHONE);
      await page.keyboard.press('ControlOrMeta+Shift+Enter');
      await form.getByRole('link', { name: '已保存 连着录一' }).waitFor();
      await name.and(focused()).waitFor();
      await page.keyboard.type('连着录二');
      await phone.fill(PHONE);
      await form.getByRole('button', { name: '添加' }).first().press('Enter');
      await form.getByLabel('电话 2').and(focused()).waitFor();
      await phone.press('Enter');
      await form.getByRole('heading', { name: '可能已经存在' }).waitFor();
      await form.getByRole('button', { name: '仍然保存' }).and(focused()).waitFor();
      await house().shoot(page, 'lead-held');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: '连着录二' }).and(focused()).waitFor();
    });

    it('takes whom it names however fast it types, and the currency it chose before the amount', async () => {
      const { manager } = house().people;
      const rate = { currency: 'USD', fromDate: '2020-01-01', rate: '7' };
      await house().enterprise.admin.post('/v1/exchange-rates', rate);
      const [, meant] = await Promise.all(
        ['快手一号', '快手二号'].map((name) => manager.post('/v1/customers', { name, kind: 'CUSTOMER_KIND_COMPANY' })),
      );
      await page.goto('/opportunities/new');
      await page.getByLabel('商机名称').fill('先选币种');
      await page.getByLabel('金额的币种').selectOption('USD');
      await page.locator('#field-amount').fill('30');
      await page.getByRole('combobox', { name: '客户' }).click();
      await page.locator('[role=option]').first().waitFor();
      await page.keyboard.type('快手二');
      await page.keyboard.press('Enter');
      await page.getByRole('combobox', { name: '客户' }).getByText('快手二号').waitFor();
      await page.getByRole('button', { name: '保存', exact: true }).click();
      await page.getByRole('heading', { level: 1, name: '先选币种' }).waitFor();
      const saved = await manager.get(`/v1/opportunities/${new URL(page.url()).pathname.split('/').at(-1)}`);
      expect(saved).toMatchObject({ customerId: meant!.id, amount: { amount: '30.00', currency: 'USD' } });
      await page.context().close();
    });
  });
