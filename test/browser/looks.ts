import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { House } from './house.ts';
import { type Made, PAGES, placeOf, settle } from './places.ts';

const AXE = readFileSync(
  createRequire(join(import.meta.dirname, '../../web/package.json')).resolve('axe-core/axe.min.js'),
  'utf8',
);

const PHONE = { width: 390, height: 844 };
const LOOKS = [
  { name: 'light', locale: 'zh-CN', theme: 'light' },
  { name: 'dark', locale: 'en', theme: 'dark' },
  { name: 'phone', locale: 'zh-CN', theme: 'dark', viewport: PHONE, hasTouch: true, isMobile: true },
] as const;
type Look = (typeof LOOKS)[number];

/** Places of the rail are looked at in every way; the others take turns, records in Chinese since their names are. */
const pagesIn = ({ name, locale }: Look): string[] =>
  PAGES.filter((path, index) => {
    if (path.split('/').length === 2) return true;
    const turns = path.includes('[') ? ['light', 'phone'] : LOOKS.map((look) => look.name as string);
    return turns[index % turns.length] === name && !(path.includes('[') && locale === 'en');
  });

type Violation = { id: string; impact: string; nodes: { html: string; failureSummary: string }[] };
type Axe = { run: (only: { resultTypes: ['violations'] }) => Promise<{ violations: Violation[] }> };

const violations = async (page: Page): Promise<string[]> => {
  // The pages' own policy forbids a script tag, as it should.
  await page.evaluate(AXE);
  const found = await page.evaluate(
    async () => (await (globalThis as never as { axe: Axe }).axe.run({ resultTypes: ['violations'] })).violations,
  );
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${page.url()} ${id}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary}`);
};

/** Keys of messages and names of enums, which are of no language, and Chinese where English is spoken; names of people and of their firms may be. */
const foreignWords = async (page: Page, locale: 'zh-CN' | 'en'): Promise<string[]> => {
  const codes = (await page.locator('main code').allInnerTexts()).flatMap((code) => code.split(/\W+/));
  const named = (await page.locator('main').innerText()).match(/\b[a-z]+(?:_[a-z]+)+\b|\b[A-Z]+(?:_[A-Z]+)+\b/g) ?? [];
  const raw = named.filter((text) => !codes.includes(text));
  const words = await page
    .locator('main :is(h1, h2:not([role=group] h2), label, th, [role=columnheader]), main [role=toolbar] button')
    .allInnerTexts();
  const chinese = locale === 'en' ? words.filter((text) => /\p{Script=Han}/u.test(text)) : [];
  return [...raw, ...chinese].map((text) => `${page.url()}: ${text}`);
};

const fileOf = (route: string) => route.replaceAll(/\W+/g, '-').replace(/^-|-$/g, '') || 'home';

/** What is wrong with a page as it looks there. */
const lookAt = async (page: Page, path: string, { locale }: Look): Promise<string[]> => {
  const width = await page.evaluate<number>('document.documentElement.scrollWidth');
  const wide = width > page.viewportSize()!.width ? [`${path}: ${width} px`] : [];
  return [...(await violations(page)), ...(await foreignWords(page, locale)), ...wide];
};

/** A page waits for its answers longer than it works: others are looked at meanwhile. */
const AT_ONCE = 3;

/** How every page looks: to a screen reader, on a phone, to the keyboard, in both languages. */
export const looks = (house: () => House) =>
  describe('every page', () => {
    it.each(LOOKS)(
      '$name in $locale: nothing serious for axe, no word of another language, nothing wider than the screen',
      async (look) => {
        const { admin } = house().enterprise;
        const { name, locale, ...how } = look;
        await admin.patch('/v1/session/profile', { locale });
        const routes = pagesIn(look);
        const made: Made = new Map();
        const found: string[] = [];
        const lookThrough = async (): Promise<void> => {
          const page = await house().visit('admin', '/', { locale, ...how });
          for (let route = routes.shift(); route; route = routes.shift()) {
            const path = await placeOf(house(), page, route, made);
            await page.goto(path);
            await settle(page);
            await house().shoot(page, `${name}-${fileOf(route)}`);
            found.push(...(await lookAt(page, path, look)));
          }
          await page.context().close();
        };
        await Promise.all(Array.from({ length: AT_ONCE }, lookThrough));
        await admin.patch('/v1/session/profile', { locale: 'zh-CN' });
        expect(found).toEqual([]);
      },
      300_000,
    );

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
