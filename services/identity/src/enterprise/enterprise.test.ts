import { enterprise } from '@pelagic/chassis/enterprise';
import type { Enterprise } from '@pelagic/proto/crm/identity/v1/enterprise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEmployee, startIdentity, type TestIdentity } from '../testing/start-identity.ts';

let identity: TestIdentity;
let admin: string;

beforeAll(async () => {
  identity = await startIdentity('enterprise');
  await identity.bootstrap();
  admin = await identity.signIn('admin');
});
afterAll(() => identity.stop());

const as = () => identity.as(admin);
const current = async () => (await identity.enterprise.getEnterprise({}, await as())).enterprise!;
const update = async (fields: Partial<Enterprise>, updateMask: string[]) =>
  (
    await identity.enterprise.updateEnterprise(
      { enterprise: { ...(await current()), version: 0, ...fields }, updateMask },
      await as(),
    )
  ).enterprise!;
const rate = async (currency: string, fromDate: string, value: string) =>
  (
    await identity.enterprise.setExchangeRate(
      { exchangeRate: { id: '', version: 0, currency, fromDate, rate: value, createTime: undefined } },
      await as(),
    )
  ).exchangeRate!;

describe('the enterprise', () => {
  it('may change its base currency only while it is being set up', async () => {
    expect((await update({ baseCurrency: 'USD' }, ['baseCurrency'])).baseCurrency).toBe('USD');
    await update({ baseCurrency: 'CNY' }, ['baseCurrency']);
    const { departmentId } = await identity.sessions.getSession({}, await as());
    await identity.employees.createEmployee(
      { employee: anEmployee({ name: '第二人', departmentId }), fromDate: '', requestId: '' },
      await as(),
    );
    await expect(update({ baseCurrency: 'USD' }, ['baseCurrency'])).rejects.toMatchObject({
      reason: 'BASE_CURRENCY_FIXED',
    });
  });

  it('changes its settings with an event, known here at once', async () => {
    const changed = await update(
      { name: '远洋集团', timeZone: 'Europe/Berlin', fiscalYearStartMonth: 4, region: 'DE' },
      ['name', 'timeZone', 'fiscalYearStartMonth', 'region'],
    );
    expect(enterprise()).toMatchObject({
      name: '远洋集团',
      timeZone: 'Europe/Berlin',
      fiscalYearStartMonth: 4,
      region: 'DE',
      baseCurrency: 'CNY',
    });
    expect((await identity.events(changed.id)).at(-1)).toMatchObject({
      type: 'crm.identity.enterprise.updated.v1',
      data: { before: { name: '远洋科技', timeZone: 'Asia/Shanghai' }, enterprise: { name: '远洋集团' } },
    });
    expect((await identity.events(changed.id)).map(({ sequence }) => sequence)).toEqual(['1', '2', '3', '4']);
  });

  it.each<[Partial<Enterprise>, string, string]>([
    [{ timeZone: 'Mars/Base' }, 'enterprise.timeZone', 'BAD_FORMAT'],
    [{ region: 'XX' }, 'enterprise.region', 'UNKNOWN_REGION'],
    [{ fiscalYearStartMonth: 13 }, 'enterprise.fiscalYearStartMonth', 'OUT_OF_RANGE'],
    [{ baseCurrency: 'XQX' }, 'enterprise.baseCurrency', 'UNKNOWN_CURRENCY'],
    [{ name: '' }, 'enterprise.name', 'REQUIRED'],
  ])('is refused: %o', async (fields, field, reason) => {
    await expect(update(fields, Object.keys(fields))).rejects.toMatchObject({
      fields: [expect.objectContaining({ field, reason })],
    });
  });
});

describe('exchange rates', () => {
  it('are one a currency and day; setting it again replaces it', async () => {
    const first = await rate('USD', '2026-01-01', '7.10');
    expect(first).toMatchObject({ rate: '7.1', version: 1 });
    const again = await rate('USD', '2026-01-01', '7.12');
    expect(again).toMatchObject({ id: first.id, rate: '7.12', version: 2 });
    await rate('USD', '2026-02-01', '7.2');
    await rate('EUR', '2026-01-01', '7.8');
    const list = async (currency: string) =>
      (await identity.enterprise.listExchangeRates({ currency }, await as())).exchangeRates.map(
        (item) => `${item.currency} ${item.fromDate} ${item.rate}`,
      );
    expect(await list('USD')).toEqual(['USD 2026-02-01 7.2', 'USD 2026-01-01 7.12']);
    expect(await list('')).toHaveLength(3);
    expect((await identity.events(first.id)).map(({ type, data }) => [type, data.before?.rate])).toEqual([
      ['crm.identity.exchange_rate.set.v1', undefined],
      ['crm.identity.exchange_rate.set.v1', '7.1'],
    ]);
  });

  it('of one day set by two at once are one', async () => {
    const rates = await Promise.all(['9.1', '9.2', '9.3'].map((value) => rate('GBP', '2026-03-01', value)));
    expect(new Set(rates.map(({ id }) => id)).size).toBe(1);
    expect(rates.map(({ version }) => version).toSorted()).toEqual([1, 2, 3]);
  });

  it.each([
    ['CNY', '1', 'exchangeRate.currency', 'IS_BASE_CURRENCY'],
    ['QQQ', '1', 'exchangeRate.currency', 'UNKNOWN_CURRENCY'],
    ['USD', '0', 'exchangeRate.rate', 'BAD_RATE'],
    ['USD', '-1', 'exchangeRate.rate', 'BAD_RATE'],
    ['USD', '1e3', 'exchangeRate.rate', 'BAD_RATE'],
  ])('are refused: %s %s', async (currency, value, field, reason) => {
    await expect(rate(currency, '2026-01-01', value)).rejects.toMatchObject({ fields: [{ field, reason }] });
  });
});
