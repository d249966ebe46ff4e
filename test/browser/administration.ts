import { Buffer } from 'node:buffer';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { PASSWORD } from '../mesh/enterprise.ts';
import type { House } from './house.ts';

/** What an administrator sets, sent from the pages and read back by the interface. */
export const administration = (house: () => House) =>
  describe('the administrator', () => {
    let page: Page;

    const admin = () => house().enterprise.admin;
    const save = () => page.getByRole('button', { name: '保存', exact: true }).click();
    const choose = async (field: string, option: string) => {
      await page.getByRole('combobox', { name: field, exact: true }).click();
      await page.getByRole('option', { name: option }).first().click();
    };

    it('gets a form to sign in with that sends nothing before its page is alive, and no password into an address', async () => {
      const html = await (await fetch(`${house().base}/login`)).text();
      expect(html).toMatch(/<form [^>]*method="post"/);
      expect(/<button [^>]*type="submit"[^>]*>/.exec(html)?.[0]).toContain(' disabled');
    });

    it('gives a role a right', async () => {
      const id = house().enterprise.roleId('只读');
      page = await house().visit('admin', `/settings/roles/${id}`);
      await page.getByLabel('线索 · 导出').selectOption('OWN');
      await save();
      await page.getByText('已保存 只读').waitFor();
      const { permissions } = await admin().get(`/v1/roles/${id}`);
      expect(permissions).toContainEqual({ permission: 'lead.export', scope: 'SCOPE_OWN', deny: false });
    });

    it('sees every reach that somebody has by several roles, and where it comes from', async () => {
      const { enterprise } = house();
      const roleIds = ['销售', '销售经理'].map((name) => enterprise.roleId(name));
      const { id } = await enterprise.hire('twohats', '销售', enterprise.rootId, { name: '两顶帽子', roleIds });
      await page.goto(`/people/${id}`);
      await page.getByRole('button', { name: '查看权限' }).click();
      const lead = page.getByRole('dialog', { name: '两顶帽子 能做什么' }).getByRole('row', { name: /^线索/ });
      await lead.getByText('下属').first().waitFor();
      expect((await lead.getByRole('cell').first().innerText()).split(/\s+/)).toEqual([
        '下属',
        '销售',
        '部门及下级',
        '销售经理',
      ]);
      await house().shoot(page, 'rights');
      await page.keyboard.press('Escape');
    });

    it('is asked whose it is to be when a lead of somebody who has left is fetched back', async () => {
      const { enterprise } = house();
      const leaver = await enterprise.hire('leaver', '销售', enterprise.rootId, { name: '已离开的人' });
      const { id } = await leaver.post('/v1/leads', { name: '被扔掉的线索', phones: ['13700001234'] });
      expect((await admin().ask('DELETE', `/v1/leads/${id}`)).status).toBe(200);
      const { version } = await admin().get(`/v1/employees/${leaver.id}`);
      await admin().post(`/v1/employees/${leaver.id}:suspend`, { version, reason: 'left' });
      await page.goto('/leads?deleted=1');
      const row = page.getByRole('row', { name: /被扔掉的线索/ });
      await row.hover();
      await row.getByRole('button', { name: '操作' }).click();
      await page.getByRole('menuitem', { name: '恢复' }).click();
      const dialog = page.getByRole('dialog', { name: /被扔掉的线索/ });
      await house().shoot(page, 'restore-to');
      await dialog.getByRole('button', { name: '恢复' }).click();
      await page.getByText('已恢复 被扔掉的线索').waitFor();
      const { ownerId } = await admin().get(`/v1/leads/${id}`);
      expect([undefined, leaver.id]).not.toContain(ownerId);
    });

    it('keeps who has no right from the page, however they came', async () => {
      const analyst = await house().visit('analyst', '/leads/import');
      await analyst.getByRole('heading', { name: '您没有权限' }).waitFor();
      await analyst.context().close();
    });

    it('moves a department and closes it', async () => {
      const id = await house().enterprise.department('临时项目组');
      await page.goto(`/settings/departments/${id}`);
      await page.getByRole('button', { name: '调整' }).click();
      const dialog = page.getByRole('dialog', { name: '调整 临时项目组 的上级' });
      await choose('上级部门', '华东');
      await dialog.getByText(/起/).first().waitFor();
      await dialog.getByRole('button', { name: '调整' }).click();
      await page.getByText('已调整 临时项目组').waitFor();
      const { departments } = await admin().get('/v1/departments');
      const named = (name: string) => departments.find((one: { name: string }) => one.name === name);
      expect(named('临时项目组').parentId).toBe(named('华东').id);
      await page.getByRole('button', { name: '撤销' }).click();
      await page.getByRole('dialog', { name: '撤销 临时项目组' }).getByRole('button', { name: '撤销' }).click();
      await page.getByText('已撤销 临时项目组').waitFor();
      expect((await admin().get(`/v1/departments/${id}`)).closedDate).toBeTruthy();
    });

    it('brings people in, and says what a word of the file means', async () => {
      await page.goto('/people/import');
      const rows = ['姓名,部门,职务', '孙一,华东,销售', '钱二,东边,销售', '周三,东边,销售'];
      const buffer = Buffer.from(rows.join('\n'));
      await page.locator('input[type=file]').setInputFiles({ name: '员工.csv', mimeType: 'text/csv', buffer });
      await page.getByText('3 列中的 3 列会导入').waitFor();
      await page.getByRole('button', { name: '检查数据' }).click();
      await page.getByRole('heading', { name: '未识别的值' }).waitFor();
      await choose('“东边”对应', '华东');
      await house().shoot(page, 'import-values');
      await page.getByRole('button', { name: '重新检查' }).click();
      await page.getByRole('button', { name: '开始导入' }).click();
      await page.getByRole('heading', { name: '员工.csv · 已完成' }).waitFor();
      const query = encodeURIComponent('name = "钱二" OR name = "周三"');
      const { employees } = await admin().get(`/v1/employees?filter=${query}`);
      expect(employees).toHaveLength(2);
    });

    it('changes the enterprise and sets an exchange rate', async () => {
      await page.goto('/settings/enterprise');
      await page.getByLabel('企业名称').fill('海蓝集团股份');
      await save();
      await page.getByText('已保存 海蓝集团股份').waitFor();
      expect((await admin().get('/v1/enterprise')).name).toBe('海蓝集团股份');
      await page.goto('/settings/rates/new');
      await choose('币种', 'USD');
      await page.getByLabel('汇率', { exact: true }).fill('7.2');
      await save();
      await page.getByText('已设置 USD 汇率').waitFor();
      const [newest] = (await admin().get('/v1/exchange-rates')).exchangeRates;
      expect(newest).toMatchObject({ currency: 'USD', rate: '7.2' });
    });

    it('takes the holidays of a year into the working calendar', async () => {
      await page.goto('/settings/calendars');
      await page.getByText('标准工作日历').click();
      await page.getByRole('button', { name: '导入放假安排' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('年份').fill('2026');
      await dialog
        .getByLabel('放假安排', { exact: true })
        .fill('国庆节：10月1日至7日放假调休，共7天。10月10日（周六）上班。');
      await dialog.getByRole('button', { name: '预览' }).click();
      await dialog.getByRole('button', { name: '导入 8 天' }).click();
      await page.getByText('已导入 8 天').waitFor();
      const { workingCalendars } = await admin().get('/v1/working-calendars');
      expect(workingCalendars[0].exceptions).toHaveLength(8);
    });

    it('makes a field, and the form has it', async () => {
      await page.goto('/settings/fields/new');
      await page.getByLabel('中文名称').fill('预算来源');
      await page.getByLabel('英文名称').fill('Budget source');
      await save();
      await page.getByText('已添加字段“预算来源”').waitFor();
      const form = await house().visit('manager', '/leads/new');
      await form.getByLabel('预算来源').fill('总部');
      await form.context().close();
    });

    it('sees in the audit trail what was done and to what', async () => {
      await page.goto('/settings/audit');
      const row = (name: RegExp) => page.getByRole('row', { name }).first().waitFor();
      await row(/自定义字段.*预算来源/);
      await row(/角色.*只读/);
      await row(/汇率.*USD/);
      await house().shoot(page, 'audit');
      await page.context().close();
    });

    it('a device is signed out from the list of devices', async () => {
      const { enterprise } = house();
      const guest = await enterprise.hire('guest', '销售', enterprise.rootId, { name: '访客' });
      const own = await house().visit('guest', '/settings/sessions');
      await own.getByText('当前').first().waitFor();
      await own.getByRole('button', { name: '退出', exact: true }).first().click();
      await own.getByText('已退出该设备').waitFor();
      expect((await guest.ask('GET', '/v1/session')).status).toBe(401);
      await own.getByRole('listitem').nth(1).waitFor({ state: 'detached' });
      await own.context().close();
    });

    it('a session that ends in the middle of a form costs nothing that was typed, nor does the way back', async () => {
      const own = await house().visit('colleague', '/leads');
      await own.getByRole('link', { name: '新建线索' }).first().click();
      const form = own.getByRole('dialog', { name: '新建线索' });
      await form.getByLabel('姓名').fill('没白填');
      await form.getByLabel('电话').first().fill('13500135001');
      await own.goBack();
      await own.getByRole('dialog', { name: '放弃已填写的内容？' }).getByRole('button', { name: '取消' }).click();
      await own.context().clearCookies();
      await form.getByRole('button', { name: '保存', exact: true }).click();
      const again = own.getByRole('dialog', { name: '登录已过期' });
      await again.getByLabel('密码').fill(PASSWORD);
      await house().shoot(own, 'session-over');
      await again.getByRole('button', { name: '登录', exact: true }).click();
      // The salesperson keeps the lead, or it would be out of their own sight.
      await own.getByRole('heading', { level: 1, name: '没白填' }).waitFor();
      await own.context().close();
    });
  });
