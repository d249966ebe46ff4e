import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '../mesh/person.ts';
import { FRESH_MS, PATIENT_MS, type House } from './house.ts';

const LEAD = '王小明';
const COMPANY = '上海远达海运有限公司';

/** From a lead to a figure on a dashboard, in the browsers of the people whose job each step is. */
export const theStory = (house: () => House) =>
  describe('the story', () => {
    let manager: Page;
    let seller: Page;
    let leadId = '';

    const due = () => seller.getByRole('region', { name: '待联系' }).getByRole('link', { name: new RegExp(LEAD) });
    const cardOf = (page: Page, name: string) => page.locator('[data-card]', { hasText: name });
    const column = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

    it('enters a lead: refused with the field named, then normalised and numbered', async () => {
      manager = await house().visit('manager', '/leads');
      await manager.getByRole('link', { name: '新建线索' }).first().click();
      const form = manager.getByRole('dialog', { name: '新建线索' });
      await form.getByLabel('姓名').fill(` ${LEAD} `);
      await form.getByLabel('公司').fill(COMPANY);
      await form.getByRole('button', { name: '保存', exact: true }).click();
      await form.getByText('请至少填写电话或邮箱').waitFor();
      const phone = form.getByLabel('电话', { exact: true });
      await phone.and(manager.locator(':focus')).waitFor();
      await house().shoot(manager, 'lead-refused');
      await phone.fill('138 0013 8000');
      await form.getByRole('button', { name: '保存', exact: true }).click();
      await manager.getByRole('heading', { level: 1, name: LEAD }).waitFor();
      await manager
        .getByText(/LEAD-\d{4}-\d{6}/)
        .first()
        .waitFor();
      leadId = new URL(manager.url()).pathname.split('/').at(-1) ?? '';
      expect(await house().people.manager.get(`/v1/leads/${leadId}`)).toMatchObject({
        name: LEAD,
        phones: ['+8613800138000'],
      });
    });

    it('shows a look-alike before it is saved', async () => {
      await manager.goto('/leads/new');
      await manager.getByLabel('姓名').fill('又一位');
      await manager.getByLabel('电话', { exact: true }).fill('13800138000');
      await manager.getByRole('heading', { name: '可能已经存在' }).waitFor();
      await manager.getByRole('dialog').getByRole('link', { name: LEAD }).waitFor();
      await house().shoot(manager, 'lead-duplicates');
    });

    it('assigns it: the seller sees it at once, a colleague hears nothing, not a byte', async () => {
      const { colleague } = house().people;
      seller = await house().visit('seller', '/leads');
      await seller.getByText('还没有线索').waitFor();
      const [page, overheard] = [await house().visit('colleague', '/leads'), await colleague.listen()];
      await page.getByText('还没有线索').waitFor();

      await manager.goto(`/leads/${leadId}`);
      await manager.getByRole('button', { name: '分配', exact: true }).click();
      const dialog = manager.getByRole('dialog', { name: `分配 ${LEAD}` });
      await dialog.getByRole('combobox', { name: '负责人' }).click();
      await manager.getByRole('option', { name: /李雷/ }).click();
      await dialog.getByRole('button', { name: '分配' }).click();
      await manager.getByText('已分配', { exact: true }).last().waitFor();
      const row = seller.getByRole('row').filter({ hasText: LEAD });
      const took = await until('the row at the seller', FRESH_MS, () => row.isVisible());
      console.log(`the other's list: ${Math.round(took)} ms`);
      await house().shoot(seller, 'assigned-live');

      expect(overheard.text()).not.toContain(leadId);
      expect(overheard.ended()).toBe(false);
      overheard.stop();
      expect(await page.getByRole('row').filter({ hasText: LEAD }).count()).toBe(0);
      await page.goto(`/leads/${leadId}`);
      await page.getByText('没有这条记录').first().waitFor();
      await page.context().close();
    });

    it('logs a follow-up, and the workbench knows the next contact', async () => {
      await seller.getByRole('link', { name: LEAD }).click();
      const composer = seller.locator('form', { has: seller.getByRole('radiogroup', { name: '跟进方式' }) });
      await composer.getByText('拜访').click();
      await composer.getByLabel('跟进内容').fill('见到了采购负责人，周五前报价。');
      await composer.getByLabel('下次联系').fill('今天');
      await composer.getByRole('button', { name: '记录跟进' }).click();
      await seller.getByText('见到了采购负责人，周五前报价。').waitFor();
      await house().shoot(seller, 'lead-followed-up');
      await seller.getByRole('link', { name: '工作台' }).click();
      await due().waitFor();
      await house().shoot(seller, 'workbench');
    });

    it('converts it once; the second one is told why not', async () => {
      const late = await house().visit('seller', `/leads/${leadId}/convert`);
      await late.getByRole('button', { name: '转化', exact: true }).last().waitFor();
      await due().click();
      await seller.getByRole('link', { name: '转化' }).click();
      const dialog = seller.getByRole('dialog', { name: `转化 ${LEAD}` });
      await dialog.getByLabel('商机名称').fill('年度海运采购');
      await dialog.getByLabel('金额', { exact: true }).fill('120000');
      await house().shoot(seller, 'convert');
      await dialog.getByRole('button', { name: '转化' }).click();
      await seller.getByRole('heading', { name: '转化为' }).waitFor();
      // It is followed up where it went.
      const elsewhere = seller.getByText('线索已转化，请在这里继续跟进').locator('..');
      await elsewhere.getByRole('link', { name: '年度海运采购' }).waitFor();
      expect(await seller.getByRole('radiogroup', { name: '跟进方式' }).count()).toBe(0);
      await house().shoot(seller, 'converted');
      await late.getByRole('dialog').getByRole('button', { name: '转化' }).click();
      await late
        .getByRole('alert')
        .filter({ hasText: /已转化|已被|先保存/ })
        .waitFor();
      await house().shoot(late, 'converted-twice');
      await late.context().close();
      expect((await house().people.seller.get('/v1/customers?count=true')).totalSize).toBe(1);
    });

    it('offers the customer that exists already to the next lead of the company', async () => {
      const { id } = await house().people.seller.post('/v1/leads', {
        name: '赵四',
        company: COMPANY,
        phones: ['13900139001'],
        ownerId: house().people.seller.id,
      });
      await seller.goto(`/leads/${id}/convert`);
      const known = seller.getByRole('radio', { name: new RegExp(COMPANY) });
      await known.waitFor();
      await until('the choice of the known customer', 2_000, () => known.isChecked());
      await house().shoot(seller, 'convert-existing');
      await seller.getByLabel('同时创建商机').uncheck();
      await seller.getByRole('dialog').getByRole('button', { name: '转化' }).click();
      await seller.getByRole('heading', { name: '转化为' }).waitFor();
      expect((await house().people.seller.get('/v1/customers?count=true')).totalSize).toBe(1);
    });

    it('shows on the deal and its customer when somebody was in touch', async () => {
      await seller.goto('/opportunities');
      await seller.getByRole('link', { name: '年度海运采购' }).click();
      const composer = seller.locator('form', { has: seller.getByRole('radiogroup', { name: '跟进方式' }) });
      await composer.getByLabel('跟进内容').fill('电话确认了船期。');
      await composer.getByLabel('下次联系').fill('今天');
      await composer.getByRole('button', { name: '记录跟进' }).click();
      const dates = composer.locator('xpath=../preceding-sibling::dl');
      await dates.getByText('最近联系').waitFor();
      await dates.getByText('今天').waitFor();
      await house().shoot(seller, 'deal-followed-up');
      await seller.goto('/customers');
      await seller.getByRole('link', { name: COMPANY }).click();
      const figures = seller.locator('header dl');
      await figures.getByRole('link', { name: '¥12万 · 1 个' }).waitFor();
      await figures.getByText(/刚刚|秒|分钟/).waitFor();
    });

    it('moves the deal over the board, by hand and by keyboard', async () => {
      await seller.goto('/opportunities/board');
      const card = cardOf(seller, '年度海运采购');
      await card.waitFor();
      const { pipelines } = await house().people.seller.get('/v1/pipelines');
      const [first, second, third] = pipelines[0].stages.map(({ name }: { name: string }) => name) as string[];
      await column(seller, first!).getByText('¥12万').waitFor();
      await card.dragTo(column(seller, second!).getByRole('list'));
      await cardOf(seller, '年度海运采购').and(column(seller, second!).locator('[data-card]')).waitFor();
      await seller.getByText(`已移到“${second}”`).waitFor();
      await column(seller, second!).getByText('¥12万').waitFor();
      await cardOf(seller, '年度海运采购').focus();
      await seller.keyboard.press('m');
      await seller.getByRole('menuitem', { name: third! }).click();
      await cardOf(seller, '年度海运采购').and(column(seller, third!).locator('[data-card]')).waitFor();
      await seller.getByText(`已移到“${third}”`).waitFor();
      await house().shoot(seller, 'board');
    });

    it('asks how it ended, and the manager’s figure knows at once', async () => {
      const { pipelines } = await house().people.seller.get('/v1/pipelines');
      const stages = pipelines[0].stages as { name: string; category: string }[];
      const named = (category: string) => stages.find((stage) => stage.category === `STAGE_CATEGORY_${category}`)!.name;
      await manager.goto('/analytics');
      const figure = manager.getByRole('button', { name: /赢单金额/ }).first();
      await until('the figure before', PATIENT_MS, async () => /¥0/.test(await figure.innerText()));

      await cardOf(seller, '年度海运采购').focus();
      await seller.keyboard.press('m');
      await seller.getByRole('menuitem', { name: named('LOST') }).click();
      const lost = seller.getByRole('dialog');
      await lost.getByRole('button', { name: /移到/ }).click();
      await lost.getByText('请填写此项').waitFor();
      await house().shoot(seller, 'lost-asks');
      await lost.getByRole('button', { name: '取消' }).click();
      await winOnPage();
      const trend = manager.getByText(/^赢单金额 ¥12\s?万$/);
      const took = await until(
        'the figure after, on every card',
        FRESH_MS,
        async () => /12\s?万/.test(await figure.innerText()) && (await trend.isVisible()),
      );
      console.log(`the figure: ${Math.round(took)} ms`);
      await house().shoot(manager, 'dashboard');
    });

    /** Through the stages that are left, by the steps of the deal's own page. */
    async function winOnPage() {
      await cardOf(seller, '年度海运采购').click();
      const steps = seller.getByRole('list', { name: '商机进程' });
      await steps.waitFor();
      const won = steps.getByRole('button').last();
      for (let at = 2; !(await isCurrent(won)); at += 1) {
        const step = steps.getByRole('button').nth(at + 1);
        await step.click();
        await until('the next stage', 20_000, () => isCurrent(step));
      }
      const history = seller.getByRole('heading', { name: '阶段历史' }).locator('xpath=following-sibling::ol[1]');
      await history.getByRole('listitem').first().getByText(/起$/).waitFor();
      await house().shoot(seller, 'won');
    }

    const isCurrent = async (step: ReturnType<Page['locator']>) => (await step.getAttribute('aria-current')) === 'step';

    it('tells the whole story on the page of the customer', async () => {
      await seller.goto('/customers');
      await seller.getByRole('link', { name: COMPANY }).click();
      for (const text of ['见到了采购负责人，周五前报价。', '创建了客户', '转化了线索'])
        await seller.getByText(text).first().waitFor();
      await seller.getByRole('link', { name: '年度海运采购' }).first().waitFor();
      // Nothing is open any more, and one deal is won.
      await seller
        .locator('header dl')
        .getByText(/^已赢单\s*¥12万\s*· 1 个$/)
        .waitFor();
      await house().shoot(seller, 'customer');
      await seller.getByRole('button', { name: '跟进', exact: true }).click();
      await seller.waitForURL(/kinds=activity/);
      await seller.reload();
      await seller.getByText('见到了采购负责人，周五前报价。').waitFor();
      expect(await seller.getByText('创建了客户').count()).toBe(0);
    });
  });
