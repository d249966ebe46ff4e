import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '../mesh/person.ts';
import { FRESH_MS, type House } from './house.ts';

/** Days of a weekday in threes: an hour of work, were it let. */
const ENDLESS =
  'select count() from calendar a join calendar b on a.weekday = b.weekday join calendar c on b.weekday = c.weekday';

/** An analyst asks in SQL. */
export const statements = (house: () => House) =>
  describe('statements', () => {
    let page: Page;
    const editor = () => page.getByLabel('语句', { exact: true });
    const result = () => page.getByRole('region', { name: '结果', exact: true });
    const run = async (text: string) => {
      await editor().fill(text);
      await editor().press('ControlOrMeta+Enter');
    };

    it('answer what the analyst may see, and the address holds what was asked', async () => {
      await house().enterprise.admin.post('/v1/leads', { name: 'SQL 线索', phones: ['13700009001'] });
      page = await house().visit('analyst', '/analytics');
      await page.getByRole('link', { name: 'SQL 查询' }).click();
      await page.getByRole('heading', { level: 1, name: 'SQL 查询' }).waitFor();
      const asked = "select name, number from leads where name = 'SQL 线索'";
      await until('the lead in SQL', FRESH_MS * 3, async () => {
        await run(asked);
        return page
          .getByRole('cell', { name: 'SQL 线索' })
          .waitFor({ timeout: 1_000 })
          .then(
            () => true,
            () => false,
          );
      });
      await result().getByRole('columnheader', { name: 'number' }).waitFor();
      expect(new URL(page.url()).searchParams.get('query')).toBe(asked);
      await house().shoot(page, 'statement');
    });

    it('are saved as a file with every row', async () => {
      await run('select date from calendar order by date');
      await page.getByText('前 1,000 行').waitFor();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: '另存为 CSV' }).click(),
      ]);
      expect(download.suggestedFilename()).toBe('query.csv');
      const text = await readFile(await download.path(), 'utf8');
      expect(text.trim().split('\n')).toHaveLength(1 + 18_263);
    });

    it('are refused with the reason and the place, in words', async () => {
      await run('select *\nfrom system.processes');
      const alert = page.getByRole('alert').filter({ hasText: 'SQL_TABLE' });
      await alert.waitFor();
      expect(await alert.innerText()).toContain('第 2 行第 6 列');
      await house().shoot(page, 'statement-refused');
    });

    it('are cancelled', async () => {
      await run(ENDLESS);
      await page.getByRole('button', { name: '取消' }).click();
      await page.getByText('已取消。').waitFor();
      await run('select 40 + 2 as answer');
      await page.getByRole('cell', { name: '42' }).waitFor();
    });

    it('are written with the names of views and columns beside', async () => {
      await editor().fill('select  from leads');
      await editor().press('Home');
      for (const _ of 'select ') await editor().press('ArrowRight');
      await page.getByLabel('查找视图或列').fill('负责人');
      await page.getByText('leads', { exact: true }).waitFor();
      await page.getByRole('button', { name: '插入 owner_id' }).first().click();
      expect(await editor().inputValue()).toBe('select owner_id from leads');
      await page.context().close();
    });

    it('are for who may ask them', async () => {
      const seller = await house().visit('seller', '/analytics');
      await seller.getByRole('heading', { level: 1, name: '数据' }).waitFor();
      expect(await seller.getByRole('link', { name: 'SQL 查询' }).count()).toBe(0);
      await seller.goto('/analytics/sql');
      await seller.getByRole('heading', { level: 2 }).first().waitFor();
      expect(await seller.getByRole('button', { name: '运行' }).count()).toBe(0);
      await seller.context().close();
    });
  });
