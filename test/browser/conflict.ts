import { describe, expect, it } from 'vitest';
import type { House } from './house.ts';

/** Two people at once is the normal case: one wins, the other is told who was first and with what. */
export const conflicts = (house: () => House) =>
  describe('two people at once', () => {
    it('saves both where they changed different things, and asks where they changed the same', async () => {
      const { manager, seller } = house().people;
      const lead = await manager.post('/v1/leads', { name: '两人编辑', phones: ['13700009999'], ownerId: seller.id });
      const [a, b] = await Promise.all(
        ['manager', 'seller'].map((who) => house().visit(who, `/leads/${lead.id}/edit`)),
      );
      const form = (page: typeof a) => page!.getByRole('dialog', { name: /编辑/ });
      await form(b).getByLabel('职务').fill('采购总监');
      await form(b).getByLabel('地区').fill('上海');
      await form(a).getByLabel('职务').fill('采购经理');
      await form(a).getByRole('button', { name: '保存' }).click();
      await a!.getByText('已保存 两人编辑').waitFor();

      await form(b).getByRole('button', { name: '保存' }).click();
      const conflict = b!.getByRole('dialog', { name: '有人先保存了' });
      await conflict.getByText(/^周敏（/).waitFor();
      await conflict.getByText('采购经理').waitFor();
      expect(await conflict.getByRole('group').count()).toBe(1);
      await house().shoot(b!, 'conflict');
      await conflict.getByRole('button', { name: '保存' }).click();
      await b!.getByText('已保存 两人编辑').waitFor();
      expect(await seller.get(`/v1/leads/${lead.id}`)).toMatchObject({ title: '采购总监', region: '上海' });
      await Promise.all([a, b].map((page) => page!.context().close()));
    });

    it('moves a deal once and tells the other who was first', async () => {
      const { manager, seller } = house().people;
      const customer = await seller.post('/v1/customers', { name: '宁波东方纸业有限公司' });
      const deal = await seller.post('/v1/opportunities', { name: '两人推进', customerId: customer.id });
      const { pipelines } = await seller.get('/v1/pipelines');
      const [, second] = pipelines[0].stages as { id: string; name: string }[];
      const page = await house().visit('seller', `/opportunities/board`);
      // Without the stream of changes the page still shows what was, as it does for a moment in any case.
      await page.route('**/v1/live', (route) => route.abort());
      await page.reload();
      const card = page.locator('[data-card]', { hasText: '两人推进' });
      await card.waitFor();
      await manager.post(`/v1/opportunities/${deal.id}:move`, { stageId: second!.id, version: deal.version });
      await card.focus();
      await page.keyboard.press('m');
      await page.getByRole('menuitem', { name: second!.name }).click();
      await page.getByText(/周敏 .*先保存了/).waitFor();
      await page.getByRole('region', { name: second!.name }).locator('[data-card]', { hasText: '两人推进' }).waitFor();
      await house().shoot(page, 'conflict-move');
      await page.context().close();
    });
  });
