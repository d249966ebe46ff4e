import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { FRESH_MS, type House } from './house.ts';

const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n');
const named = (name: string, buffer = PDF) => ({ name, mimeType: 'application/octet-stream', buffer });

/** Files on a record. */
export const attachments = (house: () => House) =>
  describe('attachments', () => {
    let seller: Page;
    let manager: Page;
    let leadId: string;
    const row = (page: Page, name: string) =>
      page.getByRole('list', { name: '附件', exact: true }).getByRole('listitem').filter({ hasText: name });

    it('are added several at once; what is refused says why and is put away', async () => {
      const { people } = house();
      leadId = (await people.seller.post('/v1/leads', { name: '有附件的线索', phones: ['13700008002'] })).id;
      manager = await house().visit('manager', `/leads/${leadId}?tab=attachments`);
      await manager.getByText('还没有附件').waitFor();
      seller = await house().visit('seller', `/leads/${leadId}?tab=attachments`);
      const wrong = named('冒充.pdf', Buffer.from('MZ not a document'));
      await seller
        .getByLabel('把文件拖到这里')
        .setInputFiles([named('报价单 2026.pdf'), named('会议纪要.txt', Buffer.from('客户同意')), wrong]);
      await row(seller, '报价单 2026.pdf').waitFor();
      await row(seller, '会议纪要.txt').waitFor();
      await seller.getByRole('alert').filter({ hasText: '文件内容与扩展名不符' }).waitFor();
      await house().shoot(seller, 'attachments');
      await seller.getByRole('button', { name: '不再上传 冒充.pdf' }).click();
      await seller.getByText('冒充.pdf').waitFor({ state: 'detached' });
      await seller.getByRole('tab', { name: '附件 2' }).waitFor();
    });

    it('are there at once for who has the page open, and are saved as they were', async () => {
      const link = row(manager, '报价单 2026.pdf').getByRole('link');
      await link.waitFor({ timeout: FRESH_MS * 2 });
      const [download] = await Promise.all([manager.waitForEvent('download'), link.click()]);
      expect(download.suggestedFilename()).toBe('报价单 2026.pdf');
      expect(await readFile(await download.path())).toEqual(PDF);
    });

    it('are dropped onto the page', async () => {
      const dropped = await seller.evaluateHandle(`
        const transfer = new DataTransfer();
        transfer.items.add(new File(['名片'], '名片.txt'));
        transfer`);
      await seller.getByText('把文件拖到这里').dispatchEvent('drop', { dataTransfer: dropped });
      await row(seller, '名片.txt').waitFor();
    });

    it('are removed by who added them, after a question', async () => {
      const remove = () => seller.getByRole('button', { name: '移除 名片.txt' }).click();
      await remove();
      await seller.getByRole('dialog').getByRole('button', { name: '取消' }).click();
      await row(seller, '名片.txt').waitFor();
      await remove();
      await seller.getByRole('button', { name: '移除', exact: true }).click();
      await row(seller, '名片.txt').waitFor({ state: 'detached' });
      await row(manager, '名片.txt').waitFor({ state: 'detached', timeout: FRESH_MS * 2 });
      await Promise.all([seller, manager].map((page) => page.context().close()));
    });
  });
