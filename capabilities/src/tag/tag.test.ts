import { uuidv7 } from '@pelagic/chassis/outbox';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Host, HostPerson } from '../testing/host.ts';
import { openSetting } from '../testing/setting.ts';

let setting: Awaited<ReturnType<typeof openSetting>>;
let host: Host;
let keeper: HostPerson;

beforeAll(async () => {
  setting = await openSetting('tag');
  host = setting.host;
});
afterAll(() => setting.close());

beforeEach(async () => {
  for (const table of ['tag', 'outbox']) await host.database.sql.deleteFrom(table).execute();
  keeper = await host.person();
});

const make = async (tag: object) => (await keeper.tags.createTag({ tag })).tag!;
const names = async (includeRetired = false) =>
  (await keeper.tags.listTags({ includeRetired })).tags.map(({ name }) => name);

describe('the tags of a service', () => {
  it('have a name that no other has in whatever case, and a colour', async () => {
    const tag = await make({ name: '  ＶＩＰ  客户 ', exclusiveGroup: ' 级别 ' });
    expect(tag).toMatchObject({
      ...{ name: 'VIP 客户', color: 'TAG_COLOR_GREY', exclusiveGroup: '级别', service: 'customer', version: 1 },
      ...{ retired: false, creatorId: keeper.id },
    });
    const taken = { code: 'ALREADY_EXISTS', fields: [{ field: 'tag.name', reason: 'DUPLICATE' }] };
    await expect(make({ name: 'vip 客户' })).rejects.toMatchObject(taken);
    const other = await make({ name: '代理商' });
    await expect(
      keeper.tags.updateTag({ id: other.id, tag: { name: 'Vip 客户' }, updateMask: ['name'] }),
    ).rejects.toMatchObject(taken);
    await expect(make({ name: ' \u200b ' })).rejects.toMatchObject({
      fields: [{ field: 'tag.name', reason: 'REQUIRED' }],
    });
  });

  it('change as far as the mask says, on top of the version that was seen, and tell it', async () => {
    const { id } = await make({ name: '展会', color: 'TAG_COLOR_BLUE', exclusiveGroup: '来源' });
    const tag = { name: '展会 2026', color: 'TAG_COLOR_RED' as const, version: 1 };
    const { tag: after } = await keeper.tags.updateTag({ id, tag, updateMask: ['name'] });
    expect(after).toMatchObject({ name: '展会 2026', color: 'TAG_COLOR_BLUE', exclusiveGroup: '来源', version: 2 });
    await expect(keeper.tags.updateTag({ id, tag, updateMask: ['color'] })).rejects.toMatchObject({
      reason: 'VERSION_STALE',
    });
    await expect(keeper.tags.updateTag({ id, tag: {}, updateMask: ['colour'] })).rejects.toMatchObject({
      fields: [{ field: 'updateMask', reason: 'UNKNOWN_FIELD' }],
    });
    const { rows } = await sql`
      select subject, event -> 'data' -> 'before' as before from outbox order by seq`.execute(host.database.sql);
    expect(rows).toEqual([
      { subject: 'crm.customer.tag.created.v1', before: null },
      { subject: 'crm.customer.tag.updated.v1', before: { name: '展会' } },
    ]);
  });

  it('are listed by group and name, and no longer once they are retired, unless asked for', async () => {
    await make({ name: 'b' });
    await make({ name: 'A' });
    const { id } = await make({ name: 'c', exclusiveGroup: 'x' });
    expect(await names()).toEqual(['A', 'b', 'c']);
    await keeper.tags.updateTag({ id, tag: { retired: true }, updateMask: ['retired'] });
    expect([await names(), await names(true)]).toEqual([
      ['A', 'b'],
      ['A', 'b', 'c'],
    ]);
  });

  it('are at most 500, however many add one at once', async () => {
    const row = (index: number) => ({
      ...{ id: uuidv7(), version: 1, name: `tag ${index}`, color: 'TAG_COLOR_GREY', exclusive_group: '' },
      ...{ retired: false, service: 'customer', create_time: new Date(), update_time: new Date() },
    });
    await host.database.sql
      .insertInto('tag')
      .values(Array.from({ length: 498 }, (_, index) => row(index)))
      .execute();
    const outcomes = await Promise.allSettled(['a', 'b', 'c', 'd'].map((name) => make({ name })));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'RESOURCE_EXHAUSTED', reason: 'TOO_MANY_TAGS' },
    });
  });

  it('are kept by who has the right, and seen by everybody', async () => {
    await make({ name: 'VIP' });
    const other = await host.person({ permissions: { 'lead.read': 'OWN' } });
    expect((await other.tags.listTags({})).tags).toHaveLength(1);
    await expect(other.tags.createTag({ tag: { name: 'x' } })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });
});
