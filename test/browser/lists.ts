import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '../mesh/person.ts';
import { PATIENT_MS, type House } from './house.ts';

const ROWS = 60;
const MANY = 3_000;

/** Two bytes of each character: the platform decodes GBK but does not write it. */
const GBK = new Map<string, [number, number]>();
const decoder = new TextDecoder('gbk');
for (let lead = 0x81; lead <= 0xfe; lead += 1)
  for (let trail = 0x40; trail <= 0xfe; trail += 1)
    if (trail !== 0x7f) GBK.set(decoder.decode(Uint8Array.of(lead, trail)), [lead, trail]);

/** A table as Excel in China saves it: GBK, CRLF. */
const csv = (rows: string[]): Buffer => {
  const text = ['姓名,公司,电话,邮箱,来源', ...rows].join('\r\n');
  return Buffer.from([...text].flatMap((letter) => GBK.get(letter) ?? [letter.charCodeAt(0)]));
};

const phone = (prefix: string, index: number) => `${prefix}${String(index).padStart(8, '0')}`;

/** Long work with rows: brought in, changed in bulk, taken out, thrown away and fetched back. */
export const lists = (house: () => House) =>
  describe('lists and long work', () => {
    let page: Page;

    const pick = (name: string, buffer: Buffer) =>
      page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer });

    const leads = async (filter: string): Promise<number> =>
      (await house().people.manager.get(`/v1/leads?count=true&filter=${encodeURIComponent(filter)}`)).totalSize;

    it('brings a file in: what is wrong is told by row, good rows go in, bad rows come back', async () => {
      const rows = Array.from({ length: ROWS }, (_, at) => `导入${at},第${at}公司,${phone('137', at)},,展会`);
      rows[7] = '没有联系方式,某公司,,,展会';
      rows[9] = '坏邮箱,某公司,,不是邮箱,展会';
      page = await house().visit('manager', '/leads/import');
      await pick('空.csv', Buffer.alloc(0));
      await page.getByRole('alert').getByText('文件为空').waitFor();
      await pick('线索.csv', csv(rows));
      await page.getByText(/60 行，编码 GB/).waitFor();
      await house().shoot(page, 'import-columns');
      await page.getByRole('button', { name: '检查数据' }).click();
      const faults = page.getByRole('table');
      await faults.getByRole('row', { name: /9 电话 电话和邮箱至少填写一项/ }).waitFor();
      await faults.getByRole('row', { name: /11 邮箱/ }).waitFor();
      await house().shoot(page, 'import-checked');
      await page.getByRole('button', { name: '导入没有问题的 58 行' }).click();
      await page.getByRole('heading', { name: '线索.csv · 已完成' }).waitFor();
      await page.getByText('新建 58 · 失败 2').waitFor();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: '下载结果' }).click(),
      ]);
      expect(readFileSync(await download.path(), 'utf8')).toMatch(/没有联系方式[\s\S]*电话和邮箱至少填写一项/);
      await page.getByRole('button', { name: '查看明细' }).click();
      await page
        .getByRole('dialog', { name: '导入明细' })
        .getByRole('row', { name: /电话和邮箱至少填写一项/ })
        .waitFor();
      await house().shoot(page, 'import-results');
      expect(await leads('source = "展会"')).toBe(58);
    });

    it('shows how far a long one is and stops when told to', async () => {
      await page.goto('/leads/import');
      await pick('很多.csv', csv(Array.from({ length: MANY }, (_, at) => `很多${at},,${phone('136', at)},,很多`)));
      await page.getByRole('button', { name: '检查数据' }).click();
      await page.getByRole('button', { name: /^开始导入/ }).click({ timeout: PATIENT_MS * 3 });
      const bar = page.getByRole('progressbar', { name: '进度' });
      await until('progress', PATIENT_MS, async () => Number(await bar.getAttribute('aria-valuenow')) > 0);
      await house().shoot(page, 'import-running');
      await page.getByRole('button', { name: '停止' }).click();
      await page.getByRole('heading', { name: '很多.csv · 已取消' }).waitFor();
      const stood = await leads('source = "很多"');
      expect(stood).toBeGreaterThan(0);
      expect(stood).toBeLessThan(MANY);
    });

    it('changes many at once as a job and tells what became of each', async () => {
      await page.goto(`/leads?filter=${encodeURIComponent('source = "展会"')}`);
      await page.getByText('58', { exact: true }).waitFor();
      await page.getByRole('checkbox', { name: '选择全部' }).check();
      await page.getByRole('button', { name: /选择全部 58 条/ }).click();
      await page.getByRole('toolbar', { name: '批量操作' }).getByRole('button', { name: '编辑' }).click();
      const dialog = page.getByRole('dialog', { name: '批量编辑 58 条' });
      await dialog.getByRole('combobox', { name: '字段' }).click();
      await page.getByRole('option', { name: '地区' }).click();
      await dialog.getByLabel('地区').fill('华东');
      await dialog.getByRole('button', { name: '更新 58 条' }).click();
      await page.getByRole('heading', { name: '批量编辑 · 已完成' }).waitFor();
      await page.getByRole('button', { name: '查看明细' }).click();
      await page
        .getByRole('dialog', { name: '批量编辑明细' })
        .getByRole('row', { name: /已更新/ })
        .first()
        .waitFor();
      await house().shoot(page, 'bulk-results');
      await page.keyboard.press('Escape');
      expect(await leads('source = "展会" AND region = "华东"')).toBe(58);
    });

    it('takes the list out as a file', async () => {
      await page.getByRole('button', { name: '更多', exact: true }).click();
      await page.getByRole('menuitem', { name: '导出 CSV' }).click();
      await page.getByRole('heading', { name: '导出 · 已完成' }).waitFor();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: '下载结果' }).click(),
      ]);
      expect(
        readFileSync(await download.path(), 'utf8')
          .trim()
          .split('\n'),
      ).toHaveLength(59);
    });

    it('edits in place with undo, keeps a view, throws away and fetches back', async () => {
      const row = page.getByRole('row', { name: /导入55/ });
      await row.getByText('第55公司').dblclick();
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type('一家名字特别特别长的高端智能制造与供应链服务股份有限公司');
      await page.keyboard.press('Enter');
      await page.getByText('已保存公司').waitFor();
      await page.getByRole('button', { name: '撤销' }).last().click();
      await row.getByText('第55公司').waitFor();

      await page.getByRole('button', { name: '全部线索' }).click();
      await page.getByRole('menuitem', { name: '另存为视图' }).click();
      await page.getByLabel('视图名称').fill('展会来的');
      await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
      await page.getByText('已保存视图“展会来的”').waitFor();
      await page.waitForURL(/view=/);

      await row.hover();
      await row.getByRole('button', { name: '操作' }).click();
      await page.getByRole('menuitem', { name: '删除' }).click();
      await page.getByRole('dialog').getByRole('button', { name: '删除' }).click();
      await page.getByText('已删除 导入55').waitFor();
      await page.getByRole('button', { name: '更多', exact: true }).click();
      await page.getByRole('menuitem', { name: '回收站' }).click();
      await page.getByRole('heading', { level: 1, name: '线索回收站' }).waitFor();
      await row.hover();
      await row.getByRole('button', { name: '操作' }).click();
      await page.getByRole('menuitem', { name: '恢复' }).click();
      await page.getByText('已恢复 导入55').waitFor();
      expect(await leads('source = "展会"')).toBe(58);
    });
  });
