import { uuidv7 } from '@pelagic/chassis/outbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customColumn } from '../custom-field/custom-field.ts';
import { definitionsOf } from '../custom-field/definitions.ts';
import type { Host, HostPerson } from '../testing/host.ts';
import { addLeads, finish, openSetting } from '../testing/setting.ts';

let setting: Awaited<ReturnType<typeof openSetting>>;
let host: Host;
let someone: HostPerson;

beforeAll(async () => {
  setting = await openSetting('money');
  host = setting.host;
  someone = await host.person();
  await someone.fields.createCustomField({
    customField: { noun: 'lead', slug: 'budget', label: 'Budget', kind: 'CUSTOM_FIELD_KIND_MONEY' },
  });
  await host.database.sql
    .insertInto('directory_rate')
    .values({ id: uuidv7(), currency: 'USD', from_date: '2025-01-01', rate: '7.1' })
    .execute();
});
afterAll(() => setting.close());

const budget = async (id: string, money: object) =>
  finish(
    host,
    someone,
    await someone.jobs.startBulkEdit({
      noun: 'lead',
      records: [{ id, version: 0 }],
      action: 'update',
      changes: JSON.stringify({ custom: { budget: { money } } }),
    }),
  );
const stored = async (id: string) =>
  (await host.database.sql.selectFrom('lead').select('custom').where('id', '=', id).executeTakeFirstOrThrow()) as {
    custom: Record<string, { money: object }>;
  };

describe('money in a custom field', () => {
  it('has its worth in the base currency, by which records of several currencies compare', async () => {
    const [dollars, yuan] = await addLeads(host, 2, () => ({}));
    await budget(dollars!, { amount: '100', currency: 'USD' });
    await budget(yuan!, { amount: '700.5' });
    expect((await stored(dollars!)).custom['budget']).toMatchObject({
      money: { amount: '100.00', currency: 'USD', baseAmount: '710.00' },
    });
    expect((await stored(yuan!)).custom['budget']).toMatchObject({ money: { currency: 'CNY', baseAmount: '700.50' } });
    const { sql } = customColumn(await definitionsOf(host.database.sql, 'lead'), 'lead', 'budget')!;
    const rows = await host.database.sql
      .selectFrom('lead')
      .select('id')
      .where('id', 'in', [dollars!, yuan!])
      .orderBy(sql, 'desc')
      .execute();
    expect(rows.map(({ id }) => id)).toEqual([dollars, yuan]);
  });

  it.each([
    [{ amount: '1', currency: 'EUR' }, 'NO_EXCHANGE_RATE'],
    [{ amount: '0.001', currency: 'CNY' }, 'TOO_PRECISE'],
  ])('is refused as %o, naming the field', async (money, reason) => {
    const [id] = await addLeads(host, 1, () => ({}));
    const job = await budget(id!, money);
    const { results } = await someone.jobs.listJobResults({ id: job.id });
    expect(results[0]?.errors).toMatchObject([{ field: expect.stringContaining('custom.budget'), reason }]);
  });
});
