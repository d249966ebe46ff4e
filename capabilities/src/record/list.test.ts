import { serviceCaller } from '@pelagic/chassis/caller';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lead } from '../testing/nouns.ts';
import { forgetDefinitions } from '../custom-field/definitions.ts';
import { addLeads, openSetting } from '../testing/setting.ts';
import type { Host, HostPerson } from '../testing/host.ts';
import { listRecords, type ListRequest } from './list.ts';

let setting: Awaited<ReturnType<typeof openSetting>>;
let host: Host;
let someone: HostPerson;

beforeAll(async () => {
  setting = await openSetting('list');
  host = setting.host;
});

beforeEach(async () => {
  for (const table of ['lead', 'custom_field']) await host.database.sql.deleteFrom(table).execute();
  someone = await host.person();
});

afterAll(() => setting.close());

const ALL: ListRequest = {
  pageSize: 100,
  pageToken: '',
  filter: '',
  orderBy: '',
  query: '',
  deleted: false,
  count: false,
};
const page = (request: Partial<ListRequest>) =>
  listRecords<{ name: string }>(host.database.sql, lead, { ...ALL, ...request }, serviceCaller('customer'));
const names = async (request: Partial<ListRequest>) => (await page(request)).rows.map(({ name }) => name).toSorted();

describe('a filter by a custom field', () => {
  const EMPLOYEE = uuidv7();
  const VALUES = {
    text: [{ text: 'Harbour' }, { text: 'Beach' }],
    number: [{ number: '7.5' }, { number: '12' }],
    money: [
      { money: { amount: '9.00', currency: 'CNY', baseAmount: '9.00' } },
      { money: { amount: '80.00', currency: 'CNY', baseAmount: '80.00' } },
    ],
    date: [{ date: '2026-03-01' }, { date: '2026-11-30' }],
    choice: [{ choices: { ids: ['gold'] } }, { choices: { ids: ['silver'] } }],
    choices: [{ choices: { ids: ['gold', 'silver'] } }, { choices: { ids: ['silver'] } }],
    employee: [{ employeeId: EMPLOYEE }, { employeeId: uuidv7() }],
  };
  const SORTED = ['text', 'number', 'money', 'date', 'employee'];
  const CHOICES = ['gold', 'silver', 'bronze'].map((slug) => ({ slug, label: slug }));

  /** Leads `one` and `two` with the values of each kind, and one that has none. */
  beforeEach(async () => {
    for (const kind of Object.keys(VALUES)) {
      await someone.fields.createCustomField({
        customField: {
          noun: 'lead',
          slug: `my_${kind}`,
          label: kind,
          kind: `CUSTOM_FIELD_KIND_${kind.toUpperCase()}` as 'CUSTOM_FIELD_KIND_TEXT',
          choices: kind.startsWith('choice') ? CHOICES : [],
          indexed: SORTED.includes(kind),
        },
      });
    }
    const custom = (index: number) =>
      JSON.stringify(Object.fromEntries(Object.entries(VALUES).map(([kind, values]) => [`my_${kind}`, values[index]])));
    await addLeads(host, 3, (index) => ({
      name: ['one', 'two', 'none'][index],
      custom: index < 2 ? custom(index) : '{}',
    }));
  });

  it.each([
    ['my_text = "Harbour"', ['one']],
    ['my_text != "Harbour"', ['none', 'two']],
    ['my_text:"arb"', ['one']],
    ['my_number = 7.5', ['one']],
    ['my_number != 7.5', ['none', 'two']],
    ['my_number:7.5', ['one']],
    ['my_number < 10', ['one']],
    ['my_money = 9', ['one']],
    ['my_money != 9', ['none', 'two']],
    ['my_money > 9', ['two']],
    ['my_date = "2026-03-01"', ['one']],
    ['my_date != "2026-03-01"', ['none', 'two']],
    ['my_date:"2026-03-01"', ['one']],
    ['my_date <= "2026-11-29"', ['one']],
    ['my_choice = "gold"', ['one']],
    ['my_choice != "gold"', ['none', 'two']],
    ['my_choice:"gold"', ['one']],
    ['my_choices = "silver"', ['one', 'two']],
    ['my_choices != "gold"', ['none', 'two']],
    ['my_choices:"gold"', ['one']],
    [`my_employee = "${EMPLOYEE}"`, ['one']],
    [`my_employee != "${EMPLOYEE}"`, ['none', 'two']],
    [`my_employee:"${EMPLOYEE}"`, ['one']],
  ])('finds custom.%s', async (filter, expected) => {
    expect(await names({ filter: `custom.${filter}` })).toEqual(expected);
  });

  it.each(Object.keys(VALUES))('finds the empty, the filled and one of several: %s', async (kind) => {
    const field = `custom.my_${kind}`;
    const [one, two] = VALUES[kind as keyof typeof VALUES].map((value) => {
      const [inner] = Object.values(value as Record<string, unknown>);
      return typeof inner === 'string' ? inner : ((inner as any).ids?.at(-1) ?? (inner as any).amount);
    });
    expect(await names({ filter: `${field} = ""` })).toEqual(['none']);
    expect(await names({ filter: `${field} != ""` })).toEqual(['one', 'two']);
    expect(await names({ filter: `${field}:*` })).toEqual(['one', 'two']);
    expect(await names({ filter: `NOT ${field}:*` })).toEqual(['none']);
    expect(await names({ filter: `${field} = "${one}" OR ${field} = "${two}"` })).toEqual(['one', 'two']);
  });

  it.each([
    ['my_date = "soon"', 'NOT_A_DATE'],
    ['my_date > "2026-02-30"', 'NOT_A_DATE'],
    ['my_number = "many"', 'NOT_A_NUMBER'],
    ['my_employee = "me"', 'NOT_AN_ID'],
    ['my_choice > "gold"', 'BAD_COMPARISON'],
  ])('refuses custom.%s', async (filter, reason) => {
    await expect(page({ filter: `custom.${filter}` })).rejects.toMatchObject({ fields: [{ field: 'filter', reason }] });
  });

  it.each(SORTED)('has an order to page by: %s', async (kind) => {
    for (const direction of ['asc', 'desc']) {
      const told: string[] = [];
      let pageToken = '';
      do {
        const answer = await page({ orderBy: `custom.my_${kind} ${direction}`, pageSize: 1, pageToken });
        told.push(...answer.rows.map(({ name }) => name));
        ({ nextPageToken: pageToken } = answer);
      } while (pageToken);
      expect([told.length, told.at(-1)]).toEqual([3, 'none']);
    }
  });

  it('is no order unless its definition says so, nor once it is retired', async () => {
    const refused = { fields: [{ field: 'orderBy', reason: 'NOT_SORTABLE', params: { value: 'custom.my_text' } }] };
    for (const change of [{ indexed: false }, { indexed: true, retired: true }]) {
      await host.database.sql.updateTable('custom_field').set(change).where('slug', '=', 'my_text').execute();
      forgetDefinitions('lead');
      await expect(page({ orderBy: 'custom.my_text' })).rejects.toMatchObject(refused);
    }
  });
});

describe('an order by a time that may be empty', () => {
  it.each(['asc', 'desc'])('tells every record once over its pages, the empty ones last: %s', async (direction) => {
    const hour = (index: number) => new Date(Date.UTC(2026, 2, 1, Math.floor(index / 2)));
    await addLeads(host, 23, (index) => ({ last_contact_time: index < 11 ? hour(index) : null }));
    for (const pageSize of [4, 11]) {
      const told: { id: string; last_contact_time: Date | null }[] = [];
      let pageToken = '';
      do {
        const answer = await page({ orderBy: `last_contact_time ${direction}`, pageSize, pageToken });
        told.push(...(answer.rows as any[]));
        ({ nextPageToken: pageToken } = answer);
      } while (pageToken);
      expect(new Set(told.map(({ id }) => id)).size).toBe(23);
      expect(told).toHaveLength(23);
      const times = told.map(({ last_contact_time: time }) => time && new Date(time).getTime());
      expect(times.slice(11)).toEqual(Array.from({ length: 12 }, () => null));
      const sorted = times.slice(0, 11).toSorted((a, b) => (direction === 'asc' ? a! - b! : b! - a!));
      expect(times.slice(0, 11)).toEqual(sorted);
    }
  });
});
