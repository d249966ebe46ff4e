import { describe, expect, it } from 'vitest';
import { until } from '../mesh/person.ts';
import type { House } from './house.ts';

type Target = { id: string; month: string; subject: string; amount: { amount: string } };

/** A year of the company's, typed, split and pasted. */
export const targets = (house: () => House) =>
  describe('targets', () => {
    const year = new Date().getUTCFullYear() + 1;
    const stored = async (): Promise<Target[]> => {
      const filter = `measure = RECEIPTS AND month >= "${year}-01-01" AND month <= "${year}-12-01"`;
      const { admin } = house().enterprise;
      return (await admin.get(`/v1/targets?pageSize=200&orderBy=month&filter=${encodeURIComponent(filter)}`)).targets;
    };
    const amounts = async (subject: string) =>
      (await stored()).filter((target) => target.subject === subject).map(({ amount }) => amount.amount);
    const are = (subject: string, expected: string[]) =>
      until(`targets ${expected.join()}`, 10_000, async () => (await amounts(subject)).join() === expected.join());

    it('are set by keyboard, and a year is split into months that add up to it', async () => {
      const page = await house().visit('admin', `/targets?year=${year}&measure=receipts`);
      const box = (row: number, column: number) => page.locator(`[data-cell="${row}:${column}"]`);
      await box(0, 0).focus();
      await page.keyboard.type('12万');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.type('80000.5');
      await page.keyboard.press('Enter');
      await are('TARGET_SUBJECT_DEPARTMENT', ['120000.00', '80000.50']);
      await box(0, 12).focus();
      await page.keyboard.type('1000000');
      await page.keyboard.press('Tab');
      await until('twelve months', 10_000, async () => (await amounts('TARGET_SUBJECT_DEPARTMENT')).length === 12);
      const sum = (await amounts('TARGET_SUBJECT_DEPARTMENT')).reduce((all, each) => all + Number(each) * 100, 0);
      expect(Math.round(sum)).toBe(100_000_000);
    });

    it('come as a block out of a spreadsheet, and the page says how far people are from their department', async () => {
      const page = await house().visit('admin', `/targets?year=${year}&measure=receipts`);
      const people = page.locator('tbody tr').filter({ has: page.locator('[data-cell]') });
      await people.first().waitFor();
      const row = (await people.count()) - 1;
      const first = page.locator(`[data-cell="${row}:0"]`);
      await first.focus();
      await page.evaluate(`(() => {
        const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', '1,000\\t2000\\t\\n');
        const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
        document.activeElement.dispatchEvent(event);
      })()`);
      await until('what was pasted', 10_000, async () => (await stored()).length === 14);
      await page.locator('tfoot').getByText('部门目标减合计').waitFor();
      await house().shoot(page, 'targets');
      await first.focus();
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.press('Delete');
      await page.keyboard.press('Enter');
      await until('a cleared month', 10_000, async () => (await stored()).length === 13);
    });
  });
