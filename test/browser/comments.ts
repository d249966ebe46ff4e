import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '../mesh/person.ts';
import { FRESH_MS, type House } from './house.ts';

/** What people say to each other about a record. */
export const comments = (house: () => House) =>
  describe('comments', () => {
    let seller: Page;
    let manager: Page;
    let leadId: string;

    it('name a colleague by what is typed behind the @, who is told and goes there', async () => {
      const { people } = house();
      leadId = (await people.seller.post('/v1/leads', { name: '有话要说的线索', phones: ['13700008001'] })).id;
      seller = await house().visit('seller', `/leads/${leadId}?tab=comments`);
      const box = seller.getByLabel('写评论');
      await box.pressSequentially('客户嫌贵，@');
      await seller.getByRole('option').first().waitFor();
      // Faster than the answer: whoever was offered before is not meant.
      await box.pressSequentially('韩梅');
      await box.press('Enter');
      await until('the name', 10_000, async () => (await box.inputValue()) === '客户嫌贵，@韩梅梅 ');
      await box.pressSequentially('怎么看？');
      await box.press('Control+Enter');
      await seller.getByRole('listitem').filter({ hasText: '客户嫌贵，@韩梅梅 怎么看？' }).waitFor();
      await seller.getByRole('tab', { name: '评论 1' }).waitFor();
      await house().shoot(seller, 'comments');
    });

    it('are answered, and who has the page open reads it at once', async () => {
      manager = await house().visit('manager', `/leads/${leadId}?tab=comments`);
      await manager.getByText('怎么看？').waitFor();
      await manager.getByLabel('写评论').fill('最多让五个点');
      await manager.getByRole('button', { name: '评论', exact: true }).click();
      await seller.getByText('最多让五个点').waitFor({ timeout: FRESH_MS * 2 });
      const told = async (who: 'seller' | 'colleague') =>
        (await house().people[who].get('/v1/notifications?unread=true')).notifications
          .filter(({ recordId }: { recordId: string }) => recordId === leadId)
          .map(({ kind }: { kind: string }) => kind.replace('NOTIFICATION_KIND_', ''));
      await until('the news', 10_000, async () => String(await told('seller')) === 'COMMENTED');
      expect(await told('colleague')).toEqual(['MENTIONED']);
    });

    it('are corrected and taken away by who wrote them', async () => {
      await seller.getByRole('button', { name: '编辑评论' }).click();
      const box = seller.getByRole('listitem').getByLabel('写评论');
      await box.fill('客户觉得单价偏高');
      await seller.getByRole('button', { name: '保存', exact: true }).click();
      await manager.getByText('客户觉得单价偏高').waitFor({ timeout: FRESH_MS * 2 });
      await manager.getByText('已编辑').waitFor();
      const own = manager.getByRole('listitem').filter({ hasText: '最多让五个点' });
      await own.getByRole('button', { name: '删除评论' }).click();
      await manager.getByRole('button', { name: '删除', exact: true }).click();
      await seller.getByText('最多让五个点').waitFor({ state: 'detached', timeout: FRESH_MS * 2 });
      await Promise.all([seller, manager].map((page) => page.context().close()));
    });
  });
