import { describe, expect, it } from 'vitest';
import { until } from '../mesh/person.ts';
import { PATIENT_MS, type House } from './house.ts';

/** One record and several people: shared, uncovered, converted although somebody looks alike. */
export const together = (house: () => House) =>
  describe('one record, several people', () => {
    let leadId = '';

    it('shares a lead, and the other person sees it', async () => {
      const { manager, seller, colleague } = house().people;
      const lead = { name: '共享的线索', phones: ['13700137001'], ownerId: seller.id };
      leadId = (await manager.post('/v1/leads', lead)).id;
      expect((await colleague.ask('GET', `/v1/leads/${leadId}`)).status).toBe(404);
      const page = await house().visit('seller', `/leads/${leadId}`);
      await page.getByRole('button', { name: '操作', exact: true }).first().click();
      await page.getByRole('menuitem', { name: '共享' }).click();
      const dialog = page.getByRole('dialog', { name: '共享 共享的线索' });
      await dialog.getByRole('combobox', { name: '共享给' }).click();
      await page.getByRole('option', { name: /韩梅梅/ }).click();
      await dialog.getByRole('button', { name: '添加' }).click();
      await dialog.getByRole('button', { name: '保存' }).click();
      await page.getByText('已更新共享').waitFor();
      await page.context().close();
      const other = await house().visit('colleague', `/leads/${leadId}`);
      await other.getByRole('heading', { level: 1, name: '共享的线索' }).waitFor();
      await other.context().close();
    });

    it('uncovers a masked field for a reason', async () => {
      const { enterprise } = house();
      const may = (permission: string) => ({ permission, scope: 'SCOPE_ALL', deny: false });
      await enterprise.admin.post('/v1/roles', {
        name: '电话客服',
        permissions: ['lead.read', 'lead.reveal', 'activity.read'].map(may),
        fields: [{ noun: 'lead', field: 'phones', access: 'FIELD_ACCESS_MASKED' }],
      });
      const { roles } = await enterprise.admin.get('/v1/roles');
      const { id } = roles.find(({ name }: { name: string }) => name === '电话客服');
      await enterprise.hire('desk', '只读', enterprise.rootId, { name: '客服小林', roleIds: [id] });
      const page = await house().visit('desk', `/leads/${leadId}`);
      const fields = page.locator('dl').first();
      await fields.waitFor();
      expect(await fields.innerText()).not.toContain('137 0013 7001');
      await page.getByRole('button', { name: '查看电话的完整内容' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('原因').fill('客户来电核对');
      await dialog.getByRole('button', { name: '查看' }).click();
      await page.getByText('137 0013 7001').waitFor();
      await page.context().close();
    });

    it('asks before a lead is converted past somebody who looks alike', async () => {
      const { seller } = house().people;
      const known = { name: '已知公司', kind: 'CUSTOMER_KIND_COMPANY', phones: ['13700137001'] };
      const { id: customerId } = await seller.post('/v1/customers', known);
      const page = await house().visit('seller', `/leads/${leadId}/convert`);
      await page.getByRole('radio', { name: /已知公司/ }).waitFor();
      const onChosen = () => page.evaluate<boolean>('document.activeElement?.checked === true');
      await until('the focus on what is chosen', 2_000, onChosen);
      await page.getByRole('radio', { name: '新建客户' }).check();
      await page.getByLabel('同时创建商机').uncheck();
      const convert = page.getByRole('dialog').getByRole('button', { name: '转化' });
      await convert.click();
      const question = page.getByRole('dialog', { name: '可能是同一个人' });
      await question.getByText(/已知公司/).waitFor();
      await house().shoot(page, 'convert-anyway');
      await question.getByRole('button', { name: '仍然转化' }).click();
      await page.getByRole('heading', { name: '转化为' }).waitFor({ timeout: PATIENT_MS });
      const lead = await seller.get(`/v1/leads/${leadId}`);
      expect(lead.customerId).not.toBe(customerId);
      await page.context().close();
    });

    it('takes back and corrects what was logged today', async () => {
      const { seller } = house().people;
      const { id } = await seller.post('/v1/customers', { name: '跟进公司', kind: 'CUSTOMER_KIND_COMPANY' });
      const log = { kind: 'ACTIVITY_KIND_CALL', subjectNoun: 'customer', subjectId: id };
      await seller.post('/v1/activities', { ...log, content: '打过去没人接' });
      await house().enterprise.admin.post('/v1/activities', { ...log, content: '记错了' });
      let page = await house().visit('seller', `/customers/${id}`);
      const entry = (text: string) => page.getByRole('listitem').filter({ hasText: text }).last();
      const act = async (text: string, action: string) => {
        await entry(text).getByRole('button', { name: '操作' }).click();
        await page.getByRole('menuitem', { name: action }).click();
      };
      await act('打过去没人接', '编辑');
      const dialog = page.getByRole('dialog', { name: '修改跟进' });
      await dialog.getByLabel('跟进内容').fill('打过去，约了周五');
      await dialog.getByLabel('下次联系', { exact: true }).fill('明天');
      await dialog.getByRole('button', { name: '保存' }).click();
      await page.getByText('打过去，约了周五').waitFor();
      const filter = encodeURIComponent(`subject_id = "${id}" AND content = "打过去，约了周五"`);
      const { activities } = await seller.get(`/v1/activities?filter=${filter}`);
      expect(activities[0].nextContactDate).toBeTruthy();
      expect(await entry('记错了').getByRole('button', { name: '操作' }).count()).toBe(0);
      await page.context().close();
      page = await house().visit('admin', `/customers/${id}`);
      await act('记错了', '删除');
      await page.getByRole('dialog').getByRole('button', { name: '删除' }).click();
      await page.getByText('记错了').waitFor({ state: 'detached' });
      await page.context().close();
    });
  });
