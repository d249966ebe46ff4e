import { createHash } from 'node:crypto';
import { onStep } from '@pelagic/chassis/steps';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSheet } from '../sheet/sheet.ts';
import { fileClient } from '../testing/files.ts';
import { everything, type Host, type HostPerson } from '../testing/host.ts';
import { addLeads, finish, openSetting } from '../testing/setting.ts';

let setting: Awaited<ReturnType<typeof openSetting>>;
let host: Host;
let someone: HostPerson;

beforeAll(async () => {
  setting = await openSetting('export');
  host = setting.host;
});

beforeEach(async () => {
  for (const table of ['lead', 'job', 'audit_waiting', 'lease', 'custom_field'])
    await host.database.sql.deleteFrom(table).execute();
  host.audited.length = 0;
  await host.database.sql.deleteFrom('directory_employee').execute();
  someone = await host.person({}, '王经理');
});

afterAll(() => setting.close());

const download = async (fileId: string, person = someone) => {
  const client = fileClient(host.address(), person.token);
  return client.download(fileId).finally(client.close);
};

const lines = async (bytes: Buffer, encoding: 'utf-8-bom' | 'xlsx' = 'utf-8-bom') => {
  const { columns, lines: rows } = await openSheet({
    open: async () => Readable.from([bytes]),
    encoding,
  });
  return { columns, rows: (await Array.fromAsync(rows)).map(({ cells }) => cells) };
};

const FIELDS = ['name', 'phones', 'ownerId', 'state', 'createTime', 'nextContactDate', 'custom.budget'];

describe('an export', () => {
  it('holds the rows of the filter in their order, as people read them', async () => {
    await someone.fields.createCustomField({
      customField: { noun: 'lead', slug: 'budget', label: '预算', labelEn: 'Budget', kind: 'CUSTOM_FIELD_KIND_MONEY' },
    });
    await addLeads(host, 450, (index) => ({
      owner_id: someone.id,
      next_contact_date: '2026-04-01',
      source: index % 2 ? 'fair' : 'web',
      custom: JSON.stringify({ budget: { money: { amount: '12.50', currency: 'CNY' } } }),
    }));
    await addLeads(host, 1, () => ({ name: '=cmd()', phones: ['+8613800138000'], number: 'X', source: 'fair' }));
    const job = await finish(
      host,
      someone,
      await someone.jobs.startExport({
        noun: 'lead',
        filter: 'source = "fair"',
        orderBy: 'name',
        fields: FIELDS,
        format: 'csv',
        locale: 'zh-CN',
      }),
    );
    expect(job).toMatchObject({
      state: 'JOB_STATE_DONE',
      total: 226,
      processed: 226,
      resultFileName: expect.stringMatching(/^lead-\d{4}-\d\d-\d\d\.csv$/),
    });
    const { name, bytes } = await download(job.resultFileId!);
    expect(name).toBe(job.resultFileName);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(job.resultSha256);
    expect(bytes.toString()).toContain("'=cmd(),'+8613800138000");
    const { columns, rows } = await lines(bytes);
    expect(columns).toEqual(['姓名', '电话', '负责人', '状态', '创建时间', '下次联系日期', '预算', '预算币种']);
    expect(rows).toHaveLength(226);
    expect(rows[0]?.[0]).toBe('=cmd()');
    expect(rows[1]).toEqual([
      'lead 1',
      '13800000001',
      '王经理',
      'NEW',
      '2026-03-01 10:00:00',
      '2026-04-01',
      '12.50',
      'CNY',
    ]);
    expect(rows.map(([first]) => first)).toEqual(rows.map(([first]) => first!).toSorted());
  });

  it.each(['asc', 'desc'])('holds every row in the order of a time that may be empty: %s', async (direction) => {
    await addLeads(host, 450, (index) => ({ last_contact_time: index < 30 ? new Date('2026-03-02T02:00:00Z') : null }));
    const orderBy = `last_contact_time ${direction}`;
    const job = await finish(
      host,
      someone,
      await someone.jobs.startExport({ noun: 'lead', orderBy, fields: ['name'] }),
    );
    const { rows } = await lines((await download(job.resultFileId!)).bytes);
    expect([job.total, new Set(rows.map(([name]) => name)).size]).toEqual([450, 450]);
  });

  it('is a workbook when asked for one, and can be imported again', async () => {
    await addLeads(host, 3, () => ({ owner_id: someone.id }));
    const job = await finish(host, someone, await someone.jobs.startExport({ noun: 'lead', format: 'xlsx' }));
    const { bytes } = await download(job.resultFileId!);
    const { columns, rows } = await lines(bytes, 'xlsx');
    expect(columns.slice(0, 2)).toEqual(['No.', 'Name'].map((_, index) => ['Number', 'Name'][index]));
    expect(rows).toHaveLength(3);
    const client = fileClient(host.address(), someone.token);
    const { id: fileId } = await client.upload('again.xlsx', bytes).finally(client.close);
    const { mapping } = await someone.jobs.inspectImport({ noun: 'lead', fileId });
    expect(mapping.filter(({ field }) => field).map(({ field }) => field)).toEqual(
      expect.arrayContaining(['name', 'phones', 'ownerId', 'createTime']),
    );
    expect(
      await someone.jobs.previewImport({
        noun: 'lead',
        settings: { fileId, mapping: mapping.filter(({ field }) => ['name', 'phones', 'ownerId'].includes(field)) },
      }),
    ).toMatchObject({ toSkip: 3, bad: 0 });
  });

  it('shows no more than the role does: rows, hidden and masked fields', async () => {
    const clerk = await host.person({
      permissions: { ...everything(), 'lead.read': 'ALL', 'lead.export': 'OWN' },
      fields: { lead: { hidden: ['company'], masked: ['phones'] } },
    });
    await addLeads(host, 4, (index) => ({ owner_id: index < 2 ? clerk.id : someone.id, company: 'Secret Ltd' }));
    const job = await finish(host, clerk, await clerk.jobs.startExport({ noun: 'lead', orderBy: 'name' }));
    const { columns, rows } = await lines((await download(job.resultFileId!, clerk)).bytes);
    expect(columns).not.toContain('Company');
    expect(rows.map((row) => row[columns.indexOf('Phone')])).toEqual(['138****0000', '138****0001']);
    await expect(clerk.jobs.startExport({ noun: 'lead', fields: ['company'] })).rejects.toMatchObject({
      fields: [{ field: 'fields[0]', reason: 'UNKNOWN_FIELD' }],
    });
    await expect(clerk.jobs.startExport({ noun: 'lead', filter: 'phones:"138"' })).rejects.toMatchObject({
      fields: [{ field: 'filter' }],
    });
    const blind = await host.person({
      permissions: { ...everything(), 'lead.export': 'ALL' },
      fields: { lead: { masked: ['ownerId'] } },
    });
    const masked = await finish(host, blind, await blind.jobs.startExport({ noun: 'lead', fields: ['ownerId'] }));
    expect(new Set((await lines((await download(masked.resultFileId!, blind)).bytes)).rows.flat())).toEqual(
      new Set(['***']),
    );
    const reader = await host.person({ permissions: { 'lead.read': 'ALL' } });
    await expect(reader.jobs.startExport({ noun: 'lead' })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  it('is written to the audit trail with filter, rows and hash, and so is its download', async () => {
    await addLeads(host, 3, () => ({}));
    const job = await finish(
      host,
      someone,
      await someone.jobs.startExport({ noun: 'lead', filter: 'name = "lead 1"' }),
    );
    await download(job.resultFileId!);
    await host.audit.part.stop();
    const entry = host.audited.find(({ action }) => action === 'export');
    expect(entry).toMatchObject({
      actorId: someone.id,
      noun: 'lead',
      recordId: job.id,
      outcome: 'ok',
      service: 'customer',
    });
    expect(JSON.parse(entry!.detail)).toMatchObject({ filter: 'name = "lead 1"', rows: 1, sha256: job.resultSha256 });
    // The refusal of another, at the end of the test before, may be written down only now.
    const own = host.audited.filter(({ actorId }) => actorId === someone.id);
    expect(own.map(({ action }) => action).toSorted()).toEqual(['download_file', 'export', 'start_export']);
  });

  it('is of one moment, whatever changes while it runs', async () => {
    await addLeads(host, 500, () => ({}));
    const forget = onStep('export.page', async () => {
      forget();
      await host.database.sql.updateTable('lead').set({ name: 'zzz' }).where('name', '<', 'lead 3').execute();
      await addLeads(host, 10, () => ({ name: 'zzzz' }));
    });
    const job = await finish(
      host,
      someone,
      await someone.jobs.startExport({ noun: 'lead', orderBy: 'name', fields: ['name'] }),
    );
    const { rows } = await lines((await download(job.resultFileId!)).bytes);
    expect(new Set(rows.flat()).size).toBe(500);
  });

  it('ends within five seconds for a person who is out, and leaves no file', async () => {
    await addLeads(host, 900, () => ({}));
    let since = 0;
    const forget = onStep('export.page', async () => {
      if (!since) since = performance.now();
      host.state.gone.add(someone.id);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    });
    const { job } = await someone.jobs.startExport({ noun: 'lead' });
    await host.runJob(job!.id).finally(forget);
    expect(performance.now() - since).toBeLessThan(5_000);
    expect((await someone.jobs.getJob({ id: job!.id })).job).toMatchObject({
      state: 'JOB_STATE_FAILED',
      problemReason: 'CALLER_GONE',
    });
    const known = (await host.database.sql.selectFrom('file').select('id').execute()).map(
      (row) => (row as { id: string }).id,
    );
    expect((await readdir(join(setting.dir, 'customer'))).filter((name) => !known.includes(name))).toEqual([]);
  }, 30_000);

  it('begins anew when the rights of its person change: nothing is in it that they may no longer see', async () => {
    const clerk = await host.person({ permissions: { ...everything(), 'lead.export': 'ALL' } });
    await addLeads(host, 500, (index) => ({ owner_id: index % 5 ? someone.id : clerk.id, company: 'Secret Ltd' }));
    let pages = 0;
    const forget = onStep('export.page', async () => {
      pages += 1;
      if (pages > 1) return;
      host.people.set(clerk.id, {
        permissions: { ...everything(), 'lead.export': 'OWN' },
        fields: { lead: { hidden: ['company'] } },
      });
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    });
    const job = await finish(host, clerk, await clerk.jobs.startExport({ noun: 'lead' })).finally(forget);
    expect(job).toMatchObject({ state: 'JOB_STATE_DONE', processed: 100, total: 100 });
    const { columns, rows } = await lines((await download(job.resultFileId!, clerk)).bytes);
    expect(rows).toHaveLength(100);
    expect(columns).not.toContain('Company');
    expect(JSON.stringify(rows)).not.toContain('Secret');
  }, 30_000);

  it('can be cancelled', async () => {
    await addLeads(host, 900, () => ({}));
    const { job } = await someone.jobs.startExport({ noun: 'lead', format: 'xlsx' });
    const forget = onStep('export.page', async () => {
      forget();
      await someone.jobs.cancelJob({ id: job!.id });
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    });
    await host.runJob(job!.id);
    expect((await someone.jobs.getJob({ id: job!.id })).job).toMatchObject({
      state: 'JOB_STATE_CANCELLED',
      resultFileName: '',
    });
  }, 30_000);

  it('belongs to the person who asked for it', async () => {
    await addLeads(host, 1, () => ({}));
    const job = await finish(host, someone, await someone.jobs.startExport({ noun: 'lead' }));
    const [other, auditor] = [await host.person(), await host.person({ permissions: { 'job.read': 'ALL' } })];
    for (const person of [other, auditor])
      await expect(download(job.resultFileId!, person)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await auditor.jobs.getJob({ id: job.id })).job).toMatchObject({
      resultFileId: undefined,
      resultSha256: job.resultSha256,
    });
    expect((await download(job.resultFileId!, someone)).name).toBe(job.resultFileName);
  });
});
