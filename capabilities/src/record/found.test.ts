import { uuidv7 } from '@pelagic/chassis/outbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lead } from '../testing/nouns.ts';
import { addLeads, openSetting } from '../testing/setting.ts';
import type { Host } from '../testing/host.ts';
import { listRecords, type ListRequest } from './list.ts';

const ALL: ListRequest = {
  pageSize: 30,
  pageToken: '',
  filter: '',
  orderBy: '',
  query: '',
  deleted: false,
  count: true,
};
/** So many owners and departments are looked through one by one; more, and the list is walked. */
const FEW = 3;
const MANY = 40;

let setting: Awaited<ReturnType<typeof openSetting>>;
let host: Host;
const departments = Array.from({ length: MANY }, () => uuidv7());
const owners = Array.from({ length: 120 }, () => uuidv7());
type Seen = { id: string; name: string; owner_id: string | null; department_id: string | null };
let rows: Seen[];

const nameOf = (index: number): string => (index % 5 ? `lead ${index}` : `深海 ${index}`);

beforeAll(async () => {
  setting = await openSetting('found');
  host = setting.host;
  await addLeads(host, 400, (index) => ({
    name: nameOf(index),
    owner_id: index % 7 ? owners[index % owners.length] : null,
    department_id: departments[(index * 11) % MANY],
    create_time: new Date(Date.UTC(2026, 0, 1) + ((index * 37) % 400) * 60_000),
  }));
  rows = await host.database.sql.selectFrom('lead').select(['id', 'name', 'owner_id', 'department_id']).execute();
}, 60_000);
afterAll(() => setting.close());

const callerWith = async (scopes: string[], more: object) => {
  const person = await host.person({ permissions: { 'lead.read': scopes }, ...more } as never);
  return { person, caller: await host.callers.identify(person.token) };
};

/** All pages of a list, and what it says of their number. */
const everything = async (caller: Awaited<ReturnType<typeof callerWith>>['caller'], asked: Partial<ListRequest>) => {
  const ids: string[] = [];
  let total: number | undefined;
  for (let pageToken = ''; ;) {
    const page = await listRecords<{ id: string }>(host.database.sql, lead, { ...ALL, ...asked, pageToken }, caller);
    ids.push(...page.rows.map(({ id }) => id));
    total = page.totalSize;
    pageToken = page.nextPageToken;
    if (!pageToken) return { ids, total };
  }
};

const share = (id: string, employeeId: string) =>
  host.database.sql
    .insertInto('share')
    .values({ noun: 'lead', record_id: id, employee_id: employeeId, access: 'SHARE_ACCESS_READ', end_time: null })
    .execute();

describe('what somebody may see is found', () => {
  it.each([
    ['their own', ['OWN'], {}],
    ['those of a few people', ['SUBORDINATES'], { subordinateIds: owners.slice(0, FEW) }],
    ['those of many people', ['SUBORDINATES'], { subordinateIds: owners }],
    ['a few departments', ['DEPARTMENT_AND_BELOW'], { departmentAndBelowIds: departments.slice(0, FEW) }],
    ['many departments', ['DEPARTMENT_AND_BELOW'], { departmentAndBelowIds: departments.slice(1) }],
  ])('each once and in order: %s', async (_, scopes, more: Record<string, string[]>) => {
    const { person, caller } = await callerWith(scopes, more);
    for (const { id } of rows.slice(100, 120)) await share(id, person.id);
    await host.database.sql.updateTable('lead').set({ owner_id: person.id }).where('id', '=', rows[110]!.id).execute();
    const ours = new Set([person.id, ...(more['subordinateIds'] ?? [])]);
    const visible = (row: Seen, index: number): boolean =>
      index === 110 ||
      (index >= 100 && index < 120) ||
      ours.has(row.owner_id ?? '') ||
      (more['departmentAndBelowIds'] ?? []).includes(row.department_id ?? '');
    const expected = rows.filter(visible);
    for (const orderBy of ['', 'create_time asc', 'name asc']) {
      const { ids, total } = await everything(caller, { orderBy });
      expect(ids.toSorted()).toEqual(expected.map(({ id }) => id).toSorted());
      expect(total).toBe(expected.length);
    }
    const named = await everything(caller, { filter: 'name:"深海"' });
    expect(named.ids.toSorted()).toEqual(
      expected
        .filter(({ name }) => name.startsWith('深海'))
        .map(({ id }) => id)
        .toSorted(),
    );
  });
});
