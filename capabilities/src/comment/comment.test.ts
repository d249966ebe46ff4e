import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { everything, type Host, type HostPerson } from '../testing/host.ts';
import { addLeads, openSetting } from '../testing/setting.ts';

let setting: Awaited<ReturnType<typeof openSetting>>;
let host: Host;
let ann: HostPerson;
let bob: HostPerson;
let stranger: HostPerson;
let leadId: string;

beforeAll(async () => {
  setting = await openSetting('comment');
  host = setting.host;
});
afterAll(() => setting.close());

beforeEach(async () => {
  ann = await host.person({ permissions: everything('OWN') });
  bob = await host.person({ permissions: { 'lead.read': 'ALL' } });
  stranger = await host.person({ permissions: everything('OWN') });
  [leadId] = (await addLeads(host, 1, () => ({ owner_id: ann.id }))) as [string];
});

const say = async (person: HostPerson, text: string, more: object = {}, requestId = '') =>
  (await person.comments.createComment({ comment: { recordNoun: 'lead', recordId: leadId, text, ...more }, requestId }))
    .comment!;
const said = async (person: HostPerson, pageSize = 0) =>
  (await person.comments.listComments({ noun: 'lead', recordId: leadId, pageSize })).comments.map(({ text }) => text);
const events = async (id: string) =>
  (
    await sql<{ event: { type: string; data: object } }>`
      select event from outbox where event ->> 'subject' = ${id} order by (event ->> 'sequence')::int`.execute(
      host.database.sql,
    )
  ).rows.map(({ event }) => event);

describe('a comment', () => {
  it('is read by whoever sees the record, the newest first, and by nobody else', async () => {
    await say(ann, ' 客户要本周报价 ');
    await say(bob, '价格表已发您');
    for (const person of [ann, bob]) expect(await said(person)).toEqual(['价格表已发您', '客户要本周报价']);
    await expect(said(stranger)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(say(stranger, 'x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const nobody = await host.person({ permissions: {} });
    await expect(say(nobody, 'x')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(said(nobody)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  it('is told live to whoever sees the record', async () => {
    const { id } = await say(ann, '报价');
    const visible = async (person: HostPerson) =>
      (await person.records.filterVisible({ noun: 'comment', ids: [id] })).ids;
    expect([await visible(ann), await visible(bob), await visible(stranger)]).toEqual([[id], [id], []]);
  });

  it('tells whom it names, and whose record it is', async () => {
    const { id } = await say(ann, '@bob 请看', { mentionIds: [bob.id, bob.id] });
    expect(await events(id)).toMatchObject([
      {
        type: 'crm.customer.comment.created.v1',
        data: { comment: { text: '@bob 请看', mentionIds: [bob.id], creatorId: ann.id }, recordOwnerId: ann.id },
      },
    ]);
  });

  it.each([
    [{ text: '  ' }, 'comment.text'],
    [{ recordNoun: 'department' }, 'comment.recordNoun'],
    [{ mentionIds: ['019a0000-0000-7000-8000-000000000000'] }, 'comment.mentionIds[0]'],
  ])('refuses %j, naming the field', async (fields, field) => {
    await expect(say(ann, 'x', fields)).rejects.toMatchObject({ fields: [{ field }] });
  });

  it('is not made on what lies in the recycle bin, and is read there', async () => {
    await say(ann, '旧的');
    await host.database.sql.updateTable('lead').set({ delete_time: new Date() }).where('id', '=', leadId).execute();
    await expect(say(ann, '新的')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await said(ann)).toEqual(['旧的']);
  });

  it('is made once however often the same request comes', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => say(ann, '一次', {}, 'r-1')));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect(await said(ann)).toEqual(['一次']);
  });

  it('is written anew by who wrote it, and says so', async () => {
    const { id, version, editTime } = await say(ann, '周三');
    expect(editTime).toBeUndefined();
    const { comment } = await ann.comments.updateComment({ id, text: '周四', mentionIds: [bob.id], version });
    expect(comment).toMatchObject({ text: '周四', mentionIds: [bob.id], editTime: expect.any(String) });
    await expect(ann.comments.updateComment({ id, text: '周五', version })).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(bob.comments.updateComment({ id, text: 'x' })).rejects.toMatchObject({ reason: 'NOT_THE_AUTHOR' });
    await expect(stranger.comments.updateComment({ id, text: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await events(id)).at(-1)).toMatchObject({
      type: 'crm.customer.comment.updated.v1',
      data: { before: { text: '周三', mentionIds: [] } },
    });
  });

  it('keeps whom it named, also when they have left', async () => {
    const { id } = await say(ann, '@bob', { mentionIds: [bob.id] });
    await host.database.sql
      .updateTable('directory_employee')
      .set({ state: 'EMPLOYEE_STATE_LEFT' })
      .where('id', '=', bob.id)
      .execute();
    const { comment } = await ann.comments.updateComment({ id, text: '@bob 好', mentionIds: [bob.id] });
    expect(comment!.mentionIds).toEqual([bob.id]);
    await expect(say(ann, '@bob', { mentionIds: [bob.id] })).rejects.toMatchObject({ fields: [{}] });
  });

  it('is taken away by who wrote it, and by who may delete the record', async () => {
    const [own, theirs, other] = [await say(bob, '一'), await say(bob, '二'), await say(ann, '三')];
    await bob.comments.deleteComment({ id: own.id });
    await ann.comments.deleteComment({ id: theirs.id });
    await expect(bob.comments.deleteComment({ id: other.id })).rejects.toMatchObject({ reason: 'NOT_THE_AUTHOR' });
    await expect(stranger.comments.deleteComment({ id: other.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await said(bob)).toEqual(['三']);
    await expect(ann.comments.deleteComment({ id: theirs.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('comes in pages, with how many there are', async () => {
    for (const text of ['一', '二', '三']) await say(ann, text);
    const page = { noun: 'lead', recordId: leadId, pageSize: 2 };
    const first = await ann.comments.listComments(page);
    expect(first.totalSize).toBe(3);
    const second = await ann.comments.listComments({ ...page, pageToken: first.nextPageToken });
    expect([...first.comments, ...second.comments].map(({ text }) => text)).toEqual(['三', '二', '一']);
  });
});
