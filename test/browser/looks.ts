import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '../mesh/person.ts';
import type { House } from './house.ts';

const AXE = readFileSync(
  createRequire(join(import.meta.dirname, '../../web/package.json')).resolve('axe-core/axe.min.js'),
  'utf8',
);

const PAGES = [
  '/',
  '/leads',
  '/leads/new',
  '/leads/import',
  '/customers',
  '/contacts',
  '/opportunities',
  '/opportunities/board',
  '/analytics',
  '/settings/profile',
];
/** Visited once, on a phone, where less fits: by the administrator, with the pages of one record each. */
const SETTINGS = [
  '/people',
  '/people/new',
  '/settings/enterprise',
  '/settings/departments',
  '/settings/roles',
  '/settings/fields',
  '/settings/pipelines',
  '/settings/rates',
  '/settings/api-keys',
  '/settings/audit',
  '/settings/jobs',
  '/settings/parked',
  '/settings/reconciliation',
  '/settings/sessions',
];
const RECORDS = ['leads', 'customers', 'contacts', 'opportunities', 'people', 'settings/departments', 'settings/roles'];
const PHONE = { width: 390, height: 844 };

type Violation = { id: string; impact: string; nodes: { html: string; failureSummary: string }[] };

/** Everything has come: the page has its title and no skeletons. */
const settle = async (page: Page): Promise<void> => {
  await page.getByRole('heading').first().waitFor();
  await page.waitForLoadState('networkidle');
  await until(
    'the end of loading',
    20_000,
    async () => (await page.locator('main .animate-pulse:visible').count()) === 0,
  );
};

const violations = async (page: Page): Promise<string[]> => {
  // The pages' own policy forbids a script tag, as it should.
  await page.evaluate(AXE);
  const found = await page.evaluate(
    async () =>
      (await (globalThis as never as { axe: { run: () => Promise<{ violations: Violation[] }> } }).axe.run())
        .violations,
  );
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${page.url()} ${id}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary}`);
};

/** Keys of messages and names of enums, which are of no language, and Chinese where English is spoken; names of people and of their firms may be. */
const foreignWords = async (page: Page, locale: 'zh-CN' | 'en'): Promise<string[]> => {
  const raw = (await page.locator('main').innerText()).match(/\b[a-z]+(?:_[a-z]+)+\b|\b[A-Z]+(?:_[A-Z]+)+\b/g) ?? [];
  const words = await page
    .locator('main :is(h1, h2:not([role=group] h2), label, th, [role=columnheader]), main [role=toolbar] button')
    .allInnerTexts();
  const chinese = locale === 'en' ? words.filter((text) => /\p{Script=Han}/u.test(text)) : [];
  return [...raw, ...chinese].map((text) => `${page.url()}: ${text}`);
};

const fileOf = (path: string) => path.replaceAll('/', '-').replace(/^-/, '') || 'home';

/** How every page looks: to a screen reader, on a phone, to the keyboard, in both languages. */
export const looks = (house: () => House) =>
  describe('every page', () => {
    it.each([
      ['light', 'zh-CN'],
      ['dark', 'en'],
    ] as const)('has nothing serious for axe (%s) and speaks %s throughout', async (theme, locale) => {
      const { manager } = house().people;
      await manager.patch('/v1/session/profile', { locale });
      const page = await house().visit('manager', '/', { theme, locale });
      const found: string[] = [];
      for (const path of PAGES) {
        await page.goto(path);
        await settle(page);
        await house().shoot(page, `${theme}-${locale}-${fileOf(path)}`);
        found.push(...(await violations(page)), ...(await foreignWords(page, locale)));
      }
      await page.context().close();
      await manager.patch('/v1/session/profile', { locale: 'zh-CN' });
      expect(found).toEqual([]);
    });

    it('fits a phone of 390 px without scrolling sideways', async () => {
      const page = await house().visit('manager', '/', { viewport: PHONE, hasTouch: true, isMobile: true });
      const wide: string[] = [];
      for (const path of PAGES) {
        await page.goto(path);
        await settle(page);
        await house().shoot(page, `phone-${fileOf(path)}`);
        const width = await page.evaluate<number>('document.documentElement.scrollWidth');
        if (width > PHONE.width) wide.push(`${path}: ${width}`);
      }
      await page.context().close();
      expect(wide).toEqual([]);
    });

    it('settings, people and records have nothing serious for axe and fit a phone', async () => {
      const { admin } = house().enterprise;
      const page = await house().visit('admin', '/', {
        viewport: PHONE,
        hasTouch: true,
        isMobile: true,
        theme: 'dark',
      });
      const found: string[] = [];
      const records = await Promise.all(
        RECORDS.map(async (list) => {
          const plural = list.replace('settings/', '').replace('people', 'employees');
          const rows = (await admin.get(`/v1/${plural}`))[plural] as { id: string }[];
          return `/${list}/${rows[0]!.id}`;
        }),
      );
      for (const path of [...SETTINGS, ...records]) {
        await page.goto(path);
        await settle(page);
        await house().shoot(page, `phone-${fileOf(path.replace(/[0-9a-f-]{36}$/, 'one'))}`);
        found.push(...(await violations(page)));
        const width = await page.evaluate<number>('document.documentElement.scrollWidth');
        if (width > PHONE.width) found.push(`${path}: ${width} px`);
      }
      await page.context().close();
      expect(found).toEqual([]);
    }, 180_000);

    it('goes by keyboard: palette, list, record', async () => {
      const page = await house().visit('manager', '/');
      await settle(page);
      await page.keyboard.press('ControlOrMeta+k');
      await page.getByRole('dialog').getByRole('combobox').fill('联系人');
      await house().shoot(page, 'palette');
      await page.keyboard.press('Enter');
      await page.waitForURL(/contacts/);
      await page.goto('/leads');
      await page.getByRole('gridcell').first().waitFor();
      await page.getByRole('grid').focus();
      await page.keyboard.press('j');
      await page.keyboard.press('x');
      await page.keyboard.press('j');
      await page.keyboard.press('x');
      await page.getByText('已选 2 条').waitFor();
      await page.keyboard.press('Escape');
      await page.getByText('已选 2 条').waitFor({ state: 'detached' });
      await page.keyboard.press('/');
      await page.keyboard.type('没有这样的线索');
      await page.getByText('没有找到').or(page.getByText('换个条件试试')).first().waitFor();
      await page.keyboard.press('Escape');
      await page.goto('/leads');
      await page.getByRole('gridcell').first().waitFor();
      await page.getByRole('grid').focus();
      await page.keyboard.press('Enter');
      await page.waitForURL(/leads\/[0-9a-f-]{36}$/);
      await page.context().close();
    });
  });
