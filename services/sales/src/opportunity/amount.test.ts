import { describe, expect, it } from 'vitest';
import type { Rates } from '@pelagic/capabilities/money/money';
import { rateAmount, writeAmount } from './amount.ts';

const rates: Rates = async (currency) =>
  [
    { currency: 'USD', fromDate: '2025-01-01', rate: '7.30' },
    { currency: 'USD', fromDate: '2026-01-01', rate: '7.0015' },
    { currency: 'JPY', fromDate: '2025-01-01', rate: '0.0485' },
  ].filter((rate) => rate.currency === currency);

const empty = () => ({
  amount: null as string | null,
  currency: null as string | null,
  base_amount: null as string | null,
  rate_date: null as string | null,
  lines: [],
});
const money = (amount: string, currency = '', rateDate = '') => ({ amount, currency, baseAmount: '', rateDate });
const written = async (amount: string, currency = '', date = '2026-03-01', rateDate = '') => {
  const row = empty();
  await writeAmount(row, money(amount, currency, rateDate), date, rates);
  return row;
};

describe('an amount', () => {
  it('is in the base currency when it names none', async () => {
    expect(await written('1234.5')).toMatchObject({
      amount: '1234.5000',
      currency: 'CNY',
      base_amount: '1234.5000',
      rate_date: '2026-03-01',
    });
  });

  it('is worth what the rate of the day says, rounded to the decimals of the base currency', async () => {
    expect(await written('100.01', 'USD')).toMatchObject({ base_amount: '700.2200', rate_date: '2026-03-01' });
    expect(await written('100.01', 'USD', '2025-12-31')).toMatchObject({ base_amount: '730.0700' });
    expect(await written('101', 'JPY')).toMatchObject({ base_amount: '4.9000' });
    expect(await written('100', 'USD', '2026-03-01', '2025-06-30')).toMatchObject({
      base_amount: '730.0000',
      rate_date: '2025-06-30',
    });
  });

  it('is refused when negative, finer than its currency, of no currency, or without a rate', async () => {
    const reason = (field: string, reason: string) => ({ fields: [{ field: `opportunity.amount.${field}`, reason }] });
    await expect(written('-1')).rejects.toMatchObject(reason('amount', 'NEGATIVE'));
    await expect(written('0.001')).rejects.toMatchObject(reason('amount', 'TOO_PRECISE'));
    await expect(written('1.5', 'JPY')).rejects.toMatchObject(reason('amount', 'TOO_PRECISE'));
    await expect(written('1', 'XQQ')).rejects.toMatchObject(reason('currency', 'UNKNOWN_CURRENCY'));
    await expect(written('1', 'USD', '2024-12-31')).rejects.toMatchObject(reason('currency', 'NO_EXCHANGE_RATE'));
    await expect(written('1', 'USD', '2026-03-01', '2999-01-01')).rejects.toMatchObject(
      reason('rateDate', 'DATE_IN_FUTURE'),
    );
  });

  it('keeps its rate until it changes or another day counts', async () => {
    const row = await written('100', 'USD', '2025-03-01');
    await writeAmount(row, money('100.00', 'USD'), '2026-03-01', rates);
    expect(row).toMatchObject({ base_amount: '730.0000', rate_date: '2025-03-01' });
    await rateAmount(row, '2026-02-01', rates);
    expect(row).toMatchObject({ base_amount: '700.1500', rate_date: '2026-02-01' });
    await writeAmount(row, undefined, '2026-03-01', rates);
    expect(row).toEqual(empty());
  });
});
