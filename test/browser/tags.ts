import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { FRESH_MS, type House } from './house.ts';

/** Words that group records: kept by the administrator, put on by who sells, found and taken off by all. */
export const tags = (house: () => House) =>
  describe('tags', () => {
    let seller: Page;
    let leadId: string;
    const tagsOf = (page: Page) => page.getByRole('group', { name: '标签', exact: true });
    const press = async (page: Page, name: string) => {
      await page.getByRole('button', { name: '修改标签' }).click();
      await page.getByRole('option', { name }).click();
      await page.keyboard.press('Escape');
    };

    it('are made with a colour and a group, under names that no other has', async () => {
      const page = await house().visit('admin', '/settings/tags');
      await page.getByText('还没有标签').waitFor();
      const make = async (name: string, color: string, group = '') => {
        await page.getByRole('link', { name: '新建标签' }).first().click();
        const dialog = page.getByRole('dialog', { name: '新建标签' });
        await dialog.getByLabel('名称').fill(name);
        await dialog.getByRole('combobox', { name: '颜色' }).click();
        await page.getByRole('option', { name: color }).click();
        await dialog.getByLabel('互斥组').fill(group);
        await dialog.getByRole('button', { name: '保存' }).click();
        return dialog;
      };
      for (const [name, color, group] of [
        ['金牌', '琥珀色', '级别'],
        ['银牌', '灰色', '级别'],
        ['展会名片', '蓝色', ''],
      ] as const)
        await (await make(name, color, group)).waitFor({ state: 'detached' });
      const again = await make('金牌', '红色');
      await again
        .getByText(/已存在|已有|重复/)
        .first()
        .waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: '放弃' }).click();
      await page.getByRole('row').filter({ hasText: '展会名片' }).waitFor();
      await house().shoot(page, 'settings-tags');
      await page.context().close();
    });

    it('are put on a record, and one takes the place of another of its group', async () => {
      leadId = (await house().people.seller.post('/v1/leads', { name: '有标签的线索', phones: ['13700008003'] })).id;
      seller = await house().visit('seller', `/leads/${leadId}`);
      const manager = await house().visit('manager', `/leads/${leadId}`);
      await press(seller, '银牌');
      await tagsOf(seller).getByText('银牌').waitFor();
      await press(seller, '展会名片');
      await tagsOf(manager)
        .getByText('展会名片')
        .waitFor({ timeout: FRESH_MS * 2 });
      await press(manager, '金牌');
      await tagsOf(manager).getByText('银牌').waitFor({ state: 'detached' });
      await tagsOf(seller)
        .getByText('金牌')
        .waitFor({ timeout: FRESH_MS * 2 });
      await tagsOf(seller).getByText('展会名片').waitFor();
      await house().shoot(seller, 'record-tags');
      await manager.context().close();
    });

    it('are filtered by, and changed on many records at once', async () => {
      const { seller: person } = house().people;
      await person.post('/v1/leads', { name: '另一条线索', phones: ['13700008004'] });
      await seller.goto(`/leads?filter=${encodeURIComponent('tag_ids:*')}`);
      const row = (name: string) => seller.getByRole('row').filter({ hasText: name });
      await row('有标签的线索').getByText('金牌').waitFor();
      expect(await row('另一条线索').count()).toBe(0);
      await seller.goto(`/leads?q=${encodeURIComponent('线索')}`);
      await row('有标签的线索').getByRole('checkbox').check();
      await row('另一条线索').getByRole('checkbox').check();
      const bar = seller.getByRole('toolbar', { name: '批量操作' });
      await bar.getByRole('button', { name: '标签' }).click();
      const dialog = seller.getByRole('dialog');
      await dialog.getByRole('combobox', { name: '添加标签' }).click();
      await seller.getByRole('option', { name: '银牌' }).click();
      await seller.keyboard.press('Escape');
      await house().shoot(seller, 'bulk-tags');
      await dialog.locator('button[type=submit]').click();
      await row('另一条线索')
        .getByText('银牌')
        .waitFor({ timeout: FRESH_MS * 4 });
      await row('有标签的线索').getByText('银牌').waitFor();
      expect(await row('有标签的线索').getByText('金牌').count()).toBe(0);
      await seller.context().close();
    });
  });
