import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refused } from '@pelagic/chassis/problem';
import { lead } from '../testing/nouns.ts';
import { fileClient } from '../testing/files.ts';
import { everything, type Host, type HostPerson } from '../testing/host.ts';
import { addLeads, openSetting } from '../testing/setting.ts';

const MB = 1024 * 1024;
const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n');

let setting: Awaited<ReturnType<typeof openSetting>>;
let host: Host;
let ann: HostPerson;
let bob: HostPerson;
let stranger: HostPerson;
let leadId: string;

beforeAll(async () => {
  setting = await openSetting('attachment');
  host = setting.host;
});
afterAll(() => setting.close());

beforeEach(async () => {
  ann = await host.person({ permissions: everything('OWN') });
  bob = await host.person({ permissions: { 'lead.read': 'ALL' } });
  stranger = await host.person({ permissions: everything('OWN') });
  [leadId] = (await addLeads(host, 1, () => ({ owner_id: ann.id }))) as [string];
});

const withFiles = <T>(person: HostPerson, use: (client: ReturnType<typeof fileClient>) => Promise<T>): Promise<T> => {
  const client = fileClient(host.address(), person.token);
  return use(client).finally(client.close);
};
const upload = (person: HostPerson, name: string, bytes: Buffer | Iterable<Buffer> = PDF) =>
  withFiles(person, (client) => client.upload(name, bytes, 'FILE_PURPOSE_ATTACHMENT'));
const download = (person: HostPerson, id: string) => withFiles(person, (client) => client.download(id));
const put = async (person: HostPerson, fileId: string, more: object = {}, requestId = '') =>
  (
    await person.attachments.addAttachment({
      attachment: { recordNoun: 'lead', recordId: leadId, fileId, ...more },
      requestId,
    })
  ).attachment!;
const attach = async (person: HostPerson, name: string, bytes: Buffer = PDF) =>
  put(person, (await upload(person, name, bytes)).id);
const listed = async (person: HostPerson) =>
  (await person.attachments.listAttachments({ noun: 'lead', recordId: leadId })).attachments.map(({ name }) => name);
const moveLead = (deleted: boolean) =>
  host.database.sql
    .updateTable('lead')
    .set({ delete_time: deleted ? new Date() : null })
    .where('id', '=', leadId)
    .execute();
const onDisk = () => readdir(join(setting.dir, 'customer')).catch(() => []);

describe('an attachment', () => {
  it('is seen and downloaded by whoever sees the record at that moment, and by nobody else', async () => {
    const { fileId, size, sha256, mediaType, creatorId } = await attach(ann, '合同 📎.pdf');
    expect({ size, sha256, mediaType, creatorId }).toEqual({
      size: String(PDF.length),
      sha256: createHash('sha256').update(PDF).digest('hex'),
      mediaType: 'application/pdf',
      creatorId: ann.id,
    });
    for (const person of [ann, bob]) {
      expect(await listed(person)).toEqual(['合同 📎.pdf']);
      expect(await download(person, fileId)).toMatchObject({ name: '合同 📎.pdf', bytes: PDF });
    }
    await expect(listed(stranger)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(download(stranger, fileId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    // An old link of somebody who may no longer see the record; not even of who uploaded it.
    await host.database.sql.updateTable('lead').set({ owner_id: bob.id }).where('id', '=', leadId).execute();
    await expect(download(ann, fileId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(listed(ann)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is put there by who may change the record, out of their own uploads', async () => {
    const { id } = await upload(ann, 'a.pdf');
    await expect(put(bob, (await upload(bob, 'b.pdf')).id)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(put(stranger, (await upload(stranger, 'b.pdf')).id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const reader = await host.person({ permissions: { 'lead.read': 'ALL', 'lead.update': 'OWN' } });
    await expect(put(reader, (await upload(reader, 'b.pdf')).id)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const other = await host.person({ permissions: everything() });
    await expect(put(other, id)).rejects.toMatchObject({ fields: [{ field: 'attachment.fileId' }] });
    await expect(put(ann, id, { recordNoun: 'department' })).rejects.toMatchObject({
      fields: [{ field: 'attachment.recordNoun' }],
    });
    const table = await withFiles(ann, (client) => client.upload('a.csv', Buffer.from('a')));
    await expect(put(ann, table.id)).rejects.toMatchObject({ fields: [{ reason: 'UNKNOWN_FILE' }] });
    expect(await listed(ann)).toEqual([]);
  });

  it('hangs once, however often and for how many records it is asked', async () => {
    const { id } = await upload(ann, 'a.pdf');
    const same = await Promise.all(Array.from({ length: 5 }, () => put(ann, id, {}, 'r-1')));
    expect(new Set(same.map((one) => one.id)).size).toBe(1);
    const { id: wanted } = await upload(ann, 'b.pdf');
    const [other] = (await addLeads(host, 1, () => ({ owner_id: ann.id }))) as [string];
    const answers = await Promise.allSettled([put(ann, wanted), put(ann, wanted, { recordId: other })]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('goes with its record into the recycle bin and comes back', async () => {
    const { fileId } = await attach(ann, 'a.pdf');
    await moveLead(true);
    const { id } = await upload(ann, 'b.pdf');
    await expect(put(ann, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await listed(ann)).toEqual(['a.pdf']);
    await moveLead(false);
    expect((await download(ann, fileId)).bytes).toEqual(PDF);
  });

  it('is taken off by who put it there, and by who may delete the record; then it is gone, and its bytes soon after', async () => {
    const writer = await host.person({ permissions: { 'lead.read': 'ALL', 'lead.update': 'ALL' } });
    const [own, theirs, other] = [
      await attach(writer, '一.pdf'),
      await attach(writer, '二.pdf'),
      await attach(ann, '三.pdf'),
    ];
    await writer.attachments.removeAttachment({ id: own.id });
    await ann.attachments.removeAttachment({ id: theirs.id, version: theirs.version });
    await expect(writer.attachments.removeAttachment({ id: other.id })).rejects.toMatchObject({
      reason: 'NOT_THE_UPLOADER',
    });
    await expect(stranger.attachments.removeAttachment({ id: other.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(ann.attachments.removeAttachment({ id: other.id, version: 9 })).rejects.toMatchObject({
      code: 'ABORTED',
    });
    expect(await listed(bob)).toEqual(['三.pdf']);
    await expect(download(ann, own.fileId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(put(writer, own.fileId)).rejects.toMatchObject({ fields: [{ reason: 'UNKNOWN_FILE' }] });
    expect(await onDisk()).toContain(own.fileId);
    await sql`update file set expire_time = expire_time - interval '1 hour' where expire_time < now() + interval '1 minute'`.execute(
      host.database.sql,
    );
    await host.files.clean();
    expect(await onDisk()).not.toContain(own.fileId);
    expect((await download(bob, other.fileId)).bytes).toEqual(PDF);
  });

  it('stays, and none is added, where a rule of the record says so', async () => {
    const { id } = await attach(ann, 'a.pdf');
    const another = await upload(ann, 'b.pdf');
    const asked: unknown[] = [];
    lead.spec.keepFiles = (record, takenOff) => {
      asked.push([record['id'], takenOff && (takenOff as { id?: string }).id]);
      throw refused('CONTRACT_SETTLED', 'It stays as it is.');
    };
    try {
      await expect(put(ann, another.id)).rejects.toMatchObject({ reason: 'CONTRACT_SETTLED' });
      await expect(ann.attachments.removeAttachment({ id })).rejects.toMatchObject({ reason: 'CONTRACT_SETTLED' });
    } finally {
      delete lead.spec.keepFiles;
    }
    expect(asked).toEqual([
      [leadId, undefined],
      [leadId, id],
    ]);
    expect(await listed(ann)).toEqual(['a.pdf']);
  });

  it('has events without bytes, and stands in the audit log with the hash of them', async () => {
    const { id, sha256 } = await attach(ann, 'a.pdf');
    await ann.attachments.removeAttachment({ id });
    const { rows } = await sql<{ event: { type: string; data: object } }>`
      select event from outbox where event ->> 'subject' = ${id} order by (event ->> 'sequence')::int`.execute(
      host.database.sql,
    );
    expect(rows.map(({ event }) => event)).toMatchObject([
      { type: 'crm.customer.attachment.added.v1', data: { attachment: { name: 'a.pdf', sha256, recordId: leadId } } },
      { type: 'crm.customer.attachment.removed.v1', data: { attachment: { name: 'a.pdf', sha256 } } },
    ]);
    await host.audit.part.start();
    const entries = () => host.audited.filter(({ recordId }) => recordId === id);
    await expect.poll(() => entries().length, { timeout: 5_000 }).toBe(2);
    await host.audit.part.stop();
    expect(entries()).toMatchObject([
      { action: 'add_attachment', actorId: ann.id, outcome: 'ok' },
      { action: 'remove_attachment', actorId: ann.id, outcome: 'ok' },
    ]);
    expect(entries()[0]!.detail).toContain(sha256);
  });

  it('is told live to whoever sees the record', async () => {
    const { id } = await attach(ann, 'a.pdf');
    const visible = async (person: HostPerson) =>
      (await person.records.filterVisible({ noun: 'attachment', ids: [id] })).ids;
    expect([await visible(ann), await visible(bob), await visible(stranger)]).toEqual([[id], [id], []]);
  });
});

describe('what may hang on one record', () => {
  const hang = (count: number, bytes: number) =>
    sql`insert into attachment (id, version, record_noun, record_id, file_id, name, media_type, size, sha256, creator_id, create_time, update_time)
      select uuidv7(), 1, 'lead', ${leadId}::uuid, uuidv7(), 'x.pdf', 'application/pdf', ${bytes}, '', ${ann.id}::uuid, now(), now()
      from generate_series(1, ${count})`.execute(host.database.sql);

  it.each([
    ['fifty files', 49, 10, 'TOO_MANY_ATTACHMENTS'],
    ['500 MB', 20, 25 * MB - 1, 'ATTACHMENTS_TOO_LARGE'],
  ])('is %s at most, also when two come at once', async (_, count, bytes, reason) => {
    await hang(count, bytes);
    const ids = await Promise.all([upload(ann, 'a.pdf'), upload(ann, 'b.pdf')]);
    const answers = await Promise.allSettled(ids.map(({ id }) => put(ann, id)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { reason } });
  });

  it('is 25 MB each', async () => {
    const pieces = function* () {
      yield PDF;
      for (let count = 0; count < 25; count += 1) yield Buffer.alloc(MB);
    };
    await expect(upload(ann, 'a.pdf', pieces())).rejects.toMatchObject({
      fields: [{ field: 'file', reason: 'FILE_TOO_LARGE' }],
    });
  });
});
