import { sql } from 'kysely';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { serviceCaller } from '@pelagic/chassis/caller';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listRecords } from '../record/list.ts';
import { everything, type Host, type HostPerson } from '../testing/host.ts';
import { importing } from '../testing/importing.ts';
import { lead } from '../testing/nouns.ts';
import { addLeads, finish, openSetting } from '../testing/setting.ts';
import { fileClient } from '../testing/files.ts';
import { carryTags } from './carry-tags.ts';

let setting: Awaited<ReturnType<typeof openSetting>>;
let host: Host;
let ann: HostPerson;
let bob: HostPerson;
let leadId: string;

beforeAll(async () => {
  setting = await openSetting('change_tags');
  host = setting.host;
});
afterAll(() => setting.close());

beforeEach(async () => {
  for (const table of ['tag', 'lead', 'outbox', 'job']) await host.database.sql.deleteFrom(table).execute();
  ann = await host.person();
  bob = await host.person();
  [leadId] = (await addLeads(host, 1, () => ({ owner_id: ann.id }))) as [string];
});

const make = async (name: string, exclusiveGroup = '') =>
  (await ann.tags.createTag({ tag: { name, exclusiveGroup } })).tag!.id;
const retire = (id: string) => ann.tags.updateTag({ id, tag: { retired: true }, updateMask: ['retired'] });
const change = (person: HostPerson, addIds: string[], removeIds: string[] = [], recordId = leadId) =>
  person.tags.changeTags({ noun: 'lead', recordId, addIds, removeIds });
const stored = async (id = leadId) =>
  (await host.database.sql.selectFrom('lead').select('tag_ids').where('id', '=', id).executeTakeFirstOrThrow())[
    'tag_ids'
  ] as string[];

describe('tags of a record', () => {
  it('are put on and taken off, told once each with what was before', async () => {
    const [vip, fair] = [await make('VIP'), await make('展会')];
    expect(await change(ann, [vip, fair, vip])).toEqual({ tagIds: [vip, fair], version: 2 });
    expect(await change(ann, [fair], [vip])).toEqual({ tagIds: [fair], version: 3 });
    expect(await change(ann, [fair], [vip])).toEqual({ tagIds: [fair], version: 3 });
    const { rows } = await sql`
      select subject, event -> 'data' -> 'before' as before from outbox where noun = 'lead' order by seq`.execute(
      host.database.sql,
    );
    expect(rows).toEqual([
      { subject: 'crm.customer.lead.updated.v1', before: { tagIds: [] } },
      { subject: 'crm.customer.lead.updated.v1', before: { tagIds: [vip, fair] } },
    ]);
  });

  it('of two people who add different ones at once are both there', async () => {
    const ids = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => make(name)));
    await Promise.all(ids.map((id, index) => change(index % 2 ? ann : bob, [id])));
    expect((await stored()).toSorted()).toEqual(ids.toSorted());
  });

  it('are one of each exclusive group, the last that was put on', async () => {
    const [gold, silver, fair] = [await make('金牌', '级别'), await make('银牌', '级别'), await make('展会')];
    await change(ann, [silver, fair]);
    expect((await change(bob, [gold])).tagIds).toEqual([fair, gold]);
    await expect(change(ann, [silver, gold])).resolves.toMatchObject({ tagIds: [fair, silver] });
    const other = await make('铜牌', '级别');
    await expect(change(ann, [gold, other])).rejects.toMatchObject({
      fields: [{ field: 'addIds', reason: 'TAGS_EXCLUDE', params: { first: '金牌', second: '铜牌', group: '级别' } }],
    });
    await Promise.all([change(ann, [gold]), change(bob, [other])]);
    expect((await stored()).filter((id) => id !== fair)).toHaveLength(1);
  });

  it('stay when they are retired, and are put on no more', async () => {
    const [old, vip] = [await make('旧'), await make('VIP')];
    await change(ann, [old]);
    await retire(old);
    expect((await change(ann, [vip])).tagIds).toEqual([old, vip]);
    const [other] = (await addLeads(host, 1, () => ({ owner_id: ann.id, number: 'other' }))) as [string];
    await expect(change(ann, [old], [], other)).rejects.toMatchObject({
      fields: [{ field: 'addIds', reason: 'TAG_RETIRED', params: { name: '旧' } }],
    });
    await expect(change(ann, [uuidv7()])).rejects.toMatchObject({ fields: [{ reason: 'UNKNOWN_TAG' }] });
    await expect(ann.tags.changeTags({ noun: 'department', recordId: leadId, addIds: [vip] })).rejects.toMatchObject({
      fields: [{ field: 'noun', reason: 'UNKNOWN_NOUN' }],
    });
  });

  it('are at most 20', async () => {
    const ids = [];
    for (let number = 0; number < 21; number += 1) ids.push(await make(`t${number}`));
    await change(ann, ids.slice(0, 20));
    await expect(change(ann, ids.slice(20))).rejects.toMatchObject({ fields: [{ reason: 'TOO_MANY' }] });
    expect((await change(ann, ids.slice(20), ids.slice(0, 1))).tagIds).toHaveLength(20);
  });

  it('are put on by who may change the record and the field', async () => {
    const vip = await make('VIP');
    const own = await host.person({ permissions: everything('OWN') });
    const reader = await host.person({ permissions: { ...everything('OWN'), 'lead.read': 'ALL' } });
    const bound = await host.person({ fields: { lead: { readOnly: ['tagIds'] } } });
    await expect(change(own, [vip])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(change(reader, [vip])).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(change(bound, [vip])).rejects.toMatchObject({
      fields: [{ field: 'lead.tagIds', reason: 'FIELD_NOT_WRITABLE' }],
    });
  });
});

describe('many records', () => {
  it('get tags and lose others by one job, whatever version they are at', async () => {
    const [gold, silver, fair] = [await make('金牌', '级别'), await make('银牌', '级别'), await make('展会')];
    const ids = await addLeads(host, 3, (index) => ({ owner_id: ann.id, number: `b${index}`, version: index + 1 }));
    await change(ann, [silver, fair], [], ids[0]);
    const job = await finish(
      host,
      ann,
      await ann.jobs.startBulkEdit({
        ...{ noun: 'lead', action: 'tag', addTagIds: [gold], removeTagIds: [fair] },
        records: ids.map((id) => ({ id, version: 1 })),
      }),
    );
    expect(job).toMatchObject({ state: 'JOB_STATE_DONE', updated: 3, failed: 0 });
    expect(await Promise.all(ids.map((id) => stored(id)))).toEqual([[gold], [gold], [gold]]);
    const start = (more: object) => ann.jobs.startBulkEdit({ noun: 'lead', action: 'tag', ...more });
    await expect(start({})).rejects.toMatchObject({ fields: [{ field: 'addTagIds', reason: 'REQUIRED' }] });
    await expect(start({ addTagIds: [uuidv7()] })).rejects.toMatchObject({ fields: [{ reason: 'UNKNOWN_TAG' }] });
    await expect(start({ noun: 'department', addTagIds: [gold] })).rejects.toMatchObject({
      fields: [{ field: 'action', reason: 'UNKNOWN_VALUE' }],
    });
  });

  it('are found by the names of their tags, in whatever case, and by their ids', async () => {
    const [vip, fair] = [await make('VIP'), await make('展会')];
    await addLeads(host, 2, (index) => ({
      name: ['both', 'one'][index],
      number: `n${index}`,
      tag_ids: [[vip, fair], [vip]][index],
    }));
    const found = async (filter: string) => {
      const asked = { pageSize: 10, pageToken: '', filter, orderBy: '', query: '', deleted: false, count: false };
      const { rows } = await listRecords<{ name: string }>(host.database.sql, lead, asked, serviceCaller('customer'));
      return rows.map(({ name }) => name).toSorted();
    };
    expect(await found('tags:"vip"')).toEqual(['both', 'one']);
    expect(await found('tags:"vip" AND tags = "展会"')).toEqual(['both']);
    expect(await found('NOT tags:"展会" AND tags:*')).toEqual(['one']);
    expect(await found('tags = ""')).toEqual(['lead 0']);
    expect(await found(`tag_ids:"${fair}"`)).toEqual(['both']);
    await expect(found('tags:"nobody"')).rejects.toMatchObject({
      fields: [{ field: 'filter', reason: 'UNKNOWN_VALUE', params: { field: 'tags', value: 'nobody' } }],
    });
  });

  it('come with their tags out of a file, and go with them into one', async () => {
    const [vip, fair] = [await make('VIP'), await make('展会')];
    const tools = importing(host, ann);
    const file = '姓名,手机,标签\n王明,13800138000,vip；展会\n李芳,13900139000,没有这个\n赵云,13700137000,\n';
    const job = await tools.bring('leads.csv', file);
    expect(job).toMatchObject({ created: 2, failed: 1 });
    expect((await tools.leads()).map(({ name, tag_ids: ids }) => [name, ids])).toEqual([
      ['lead 0', []],
      ['王明', [vip, fair]],
      ['赵云', []],
    ]);
    // As the mapping of values says it: another word, for a tag by its id.
    const values = { 贵宾: vip };
    const mapping = [
      { column: '姓名', field: 'name', values: {} },
      { column: '手机', field: 'phones', values: {} },
      { column: '标签', field: 'tagIds', values },
    ];
    await tools.bring('more.csv', '姓名,手机,标签\n孙权,13600136000,贵宾；展会\n', { mapping });
    expect((await tools.leads()).find(({ name }) => name === '孙权')!['tag_ids']).toEqual([vip, fair]);
    const exported = await finish(
      host,
      ann,
      await ann.jobs.startExport({
        ...{ noun: 'lead', format: 'csv', locale: 'zh-CN', fields: ['name', 'tagIds'] },
        ...{ filter: 'tags:"VIP"', orderBy: 'name' },
      }),
    );
    const client = fileClient(host.address(), ann.token);
    const { bytes } = await client.download(exported.resultFileId!).finally(client.close);
    expect(bytes.toString().replace('\uFEFF', '').trim().split(/\r?\n/)).toEqual([
      '姓名,标签',
      '孙权,VIP; 展会',
      '王明,VIP; 展会',
    ]);
  });
});

it('what is carried to another noun is in use, and one of each group', async () => {
  const [gold, silver] = [await make('金牌', '级别'), await make('银牌')];
  const old = await make('旧');
  await retire(old);
  await ann.tags.updateTag({ id: silver, tag: { exclusiveGroup: '级别' }, updateMask: ['exclusive_group'] });
  const carry = (ids: string[]) => host.database.transact((tx) => carryTags(tx, lead, ids, serviceCaller('customer')));
  expect(await carry([old, silver, gold])).toEqual([silver]);
  expect(await carry([])).toEqual([]);
});
