import type { ColumnMapping, ImportSettings, Job } from '@pelagic/proto/crm/capability/v1/job';
import { onStep } from '@pelagic/chassis/steps';
import { testDatabase, type TestDatabase } from '@pelagic/chassis/testing/engines';
import iconv from 'iconv-lite';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { csvBytes } from '../sheet/csv.ts';
import { xlsxBytes } from '../sheet/xlsx.ts';
import { fileClient } from '../testing/files.ts';
import { everything, startHost, type Host, type HostPerson } from '../testing/host.ts';

let engine: TestDatabase;
let dir: string;
let host: Host;
let someone: HostPerson;
let closing: (() => void)[] = [];

beforeAll(async () => {
  engine = await testDatabase('import');
  dir = await mkdtemp(join(tmpdir(), 'pelagic-files-'));
  // Jobs are run by hand here; the queue has a test of its own.
  host = await startHost({ url: engine.url, dir, works: false });
});

beforeEach(async () => {
  for (const table of ['lead', 'department', 'history', 'outbox', 'job', 'import_identity', 'custom_field']) await host.database.sql.deleteFrom(table).execute();
  someone = await host.person();
});

afterAll(async () => {
  for (const close of closing) close();
  await host.stop();
  await engine.drop();
  await rm(dir, { recursive: true, force: true });
});

const upload = async (name: string, bytes: Buffer | string, person = someone): Promise<string> => {
  const client = fileClient(host.address(), person.token);
  closing.push(client.close);
  return (await client.upload(name, Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes))).id;
};

const download = async (job: Job, person = someone): Promise<Buffer> => {
  const client = fileClient(host.address(), person.token);
  closing.push(client.close);
  return (await client.download(job.resultFileId!)).bytes;
};

const book = async (rows: string[][]): Promise<Buffer> => Buffer.concat(await Array.fromAsync(xlsxBytes((async function* () { yield rows; })())));
const csv = async (rows: string[][]): Promise<Buffer> => Buffer.concat(await Array.fromAsync(csvBytes((async function* () { yield rows; })())));

const map = (...pairs: [string, string][]): ColumnMapping[] => pairs.map(([column, field]) => ({ column, field, values: {} }));

/** Uploads, takes the proposed mapping, and imports to the end. */
const bring = async (name: string, bytes: Buffer | string, settings: Partial<ImportSettings> = {}, { noun = 'lead', person = someone }: { noun?: string; person?: HostPerson } = {}): Promise<Job> => {
  const fileId = await upload(name, bytes, person);
  const { mapping } = await person.jobs.inspectImport({ noun, fileId });
  const { job } = await person.jobs.startImport({ noun, settings: { fileId, mapping, ...settings } });
  await host.runJob(job!.id);
  return (await person.jobs.getJob({ id: job!.id })).job!;
};

const leads = async () => (await host.database.sql.selectFrom('lead').selectAll().orderBy('name').execute()) as Record<string, any>[];

const TABLE = [['姓名', '公司', '手机号*', '邮箱', '备注'], ['王小明', '深蓝科技', '138-0013-8000', 'wang@example.com', '展会'], ['李芳', '远洋物流', '13900139000', '', ''], ['Ann Lee', 'Blue Ltd', '', 'ANN@example.com', 'a, "b"']];
const text = (rows: string[][]) => rows.map((row) => row.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')).join('\n');

describe('an import', () => {
  it('says what a file is and proposes a mapping', async () => {
    const fileId = await upload('线索.csv', iconv.encode(text(TABLE), 'gbk'));
    const found = await someone.jobs.inspectImport({ noun: 'lead', fileId });
    expect(found).toMatchObject({ encoding: 'gbk', columns: TABLE[0], total: 3 });
    expect(found.sample[0]?.cells).toEqual(TABLE[1]);
    expect(found.mapping.map(({ field }) => field)).toEqual(['name', 'company', 'phones', 'emails', 'note']);
    expect(found.fields.find(({ field }) => field === 'phones')).toMatchObject({ matchKey: true, label: 'Phone' });
  });

  it('takes the rows in, with the events of any other create', async () => {
    const job = await bring('leads.csv', text(TABLE));
    expect(job).toMatchObject({ state: 'JOB_STATE_DONE', total: 3, processed: 3, created: 3, failed: 0, sourceFileName: 'leads.csv' });
    expect((await leads()).map(({ name, company, phones, owner_id }) => [name, company, phones, owner_id])).toEqual([
      ['Ann Lee', 'Blue Ltd', [], someone.id],
      ['李芳', '远洋物流', ['13900139000'], someone.id],
      ['王小明', '深蓝科技', ['13800138000'], someone.id],
    ]);
    const events = await host.database.sql.selectFrom('outbox').selectAll().execute();
    expect(events).toHaveLength(3);
    expect(events[0]).toMatchObject({ subject: 'crm.customer.lead.created.v1', version: 1 });
  });

  it.each<[string, (rows: string[][]) => Promise<Buffer> | Buffer]>([
    ['again.csv', (rows) => Buffer.from(text(rows))],
    ['bom.csv', (rows) => Buffer.from(`\uFEFF${text(rows)}`)],
    ['gbk.csv', (rows) => iconv.encode(text(rows), 'gbk')],
    ['book.xlsx', book],
    ['other-order.csv', ([head, ...rows]) => Buffer.from(text([head!, ...rows.toReversed()]))],
    ['other-columns.csv', (rows) => Buffer.from(text(rows.map((row) => row.toReversed())))],
  ])('creates nothing twice from %s', async (name, make) => {
    await bring('leads.csv', text(TABLE));
    for (const onMatch of ['MATCH_ACTION_SKIP', 'MATCH_ACTION_UPDATE'] as const) {
      expect(await bring(name, await make(TABLE), { onMatch })).toMatchObject({ state: 'JOB_STATE_DONE', processed: 3, created: 0, updated: 0, skipped: 3, failed: 0 });
    }
    expect(await leads()).toHaveLength(3);
  });

  it('skips or updates when one row has changed', async () => {
    await bring('leads.csv', text(TABLE));
    const changed = structuredClone(TABLE);
    changed[1]![1] = '深蓝集团';
    // The phone too: the mail still says who it is.
    changed[1]![2] = '13700137000';
    expect(await bring('leads.csv', text(changed))).toMatchObject({ created: 0, updated: 0, skipped: 3 });
    expect(await bring('leads.csv', text(changed), { onMatch: 'MATCH_ACTION_UPDATE' })).toMatchObject({ created: 0, updated: 1, skipped: 2 });
    expect((await leads()).find(({ name }) => name === '王小明')).toMatchObject({ company: '深蓝集团', phones: ['13700137000'], version: 2 });
  });

  it('goes by the external id when there is one', async () => {
    const rows = [['id', 'Name', 'Phone'], ['A-1', 'Ann', '13800138000'], ['A-2', 'Bob', '13800138000']];
    const mapping = map(['id', 'externalId'], ['Name', 'name'], ['Phone', 'phones']);
    expect(await bring('a.csv', text(rows), { mapping })).toMatchObject({ created: 2 });
    rows[1]![2] = '13900139000';
    expect(await bring('a.csv', text(rows), { mapping, onMatch: 'MATCH_ACTION_UPDATE' })).toMatchObject({ created: 0, updated: 1, skipped: 1 });
  });

  it('finds what is there already, entered by hand', async () => {
    await bring('leads.csv', text(TABLE));
    await host.database.sql.deleteFrom('import_identity').execute();
    expect(await bring('leads.csv', text(TABLE))).toMatchObject({ created: 0, skipped: 3 });
  });

  it('names the duplicates inside a file', async () => {
    const job = await bring('leads.csv', text([...TABLE, ['王小明', '又一次', '13800138000', '', '']]));
    expect(job).toMatchObject({ created: 3, skipped: 1 });
    const { results } = await someone.jobs.listJobResults({ id: job.id, outcome: 'skipped' });
    expect(results).toMatchObject([{ row: 5, errors: [{ reason: 'DUPLICATE_IN_FILE', message: 'Row 2 of the file is the same.' }] }]);
  });

  it('gives bad rows back as a file, which can be put right and brought in again', async () => {
    const rows = [...TABLE, ['Nobody', 'No way to reach', '', '', ''], ['', 'no name', '13600136000', '', ''], ['=1+1', '', '13500135000', 'not a mail', '']];
    const job = await bring('leads.csv', text(rows));
    expect(job).toMatchObject({ state: 'JOB_STATE_DONE', created: 3, failed: 3, resultFileName: 'leads-bad-rows.csv' });
    const bytes = await download(job);
    const lines = bytes.toString().split('\r\n');
    expect(lines[0]).toBe('\uFEFF姓名,公司,手机号*,邮箱,备注,What is wrong');
    expect(lines[1]).toContain('Nobody');
    expect(lines[1]).toContain('A lead needs a phone number or a mail address.');
    expect(lines[2]).toContain('Name: name is required.');
    expect(lines[3]).toMatch(/^'=1\+1,/);
    expect(lines[3]).toContain('Email: ');
    const fixed = bytes.toString().replace('Nobody,No way to reach,,', 'Nobody,No way to reach,13100131000,');
    expect(await bring('fixed.csv', fixed)).toMatchObject({ created: 1, failed: 2 });
    expect((await leads()).some(({ name }) => name === 'Nobody')).toBe(true);
  });

  it('gives bad rows of a workbook back as a workbook, in Chinese to a Chinese reader', async () => {
    const fileId = await upload('线索.xlsx', await book([TABLE[0]!, ['无名', '', '', '', '']]));
    const { mapping } = await someone.jobs.inspectImport({ noun: 'lead', fileId });
    const { job } = await someone.jobs.startImport({ noun: 'lead', settings: { fileId, mapping } });
    await host.database.sql.updateTable('job').set({ locale: 'zh-CN' }).where('id', '=', job!.id).execute();
    await host.runJob(job!.id);
    const done = (await someone.jobs.getJob({ id: job!.id })).job!;
    expect(done.resultFileName).toBe('线索-有误的行.xlsx');
    const again = await upload('again.xlsx', await download(done));
    const { columns, sample } = await someone.jobs.inspectImport({ noun: 'lead', fileId: again });
    expect(columns.at(-1)).toBe('错误原因');
    expect(sample[0]?.cells.at(-1)).toBe('电话: 电话和邮箱至少填写一项');
  });

  it('maps words, takes defaults and custom fields, and looks people up', async () => {
    const boss = await host.person({}, '陈经理');
    const choice = { noun: 'lead', slug: 'channel', label: '渠道', labelEn: 'Channel', kind: 'CUSTOM_FIELD_KIND_CHOICE' as const, choices: [{ slug: 'fair', label: '展会' }, { slug: 'web', label: '网站' }] };
    await someone.fields.createCustomField({ customField: choice });
    await someone.fields.createCustomField({ customField: { noun: 'lead', slug: 'budget', label: '预算', kind: 'CUSTOM_FIELD_KIND_MONEY' } });
    const rows = [['姓名', '电话', '负责人', '渠道', '预算', '下次联系日期'], ['甲', '13800000001', '陈经理', 'exhibition', '1,054.50', '2026年3月1日'], ['乙', '13800000002', '谁', '网站', 'USD 12万', '1/2/2026']];
    const fileId = await upload('a.csv', text(rows));
    const { mapping } = await someone.jobs.inspectImport({ noun: 'lead', fileId });
    expect(mapping.map(({ field }) => field)).toEqual(['name', 'phones', 'ownerId', 'custom.channel', 'custom.budget', 'nextContactDate']);
    mapping[3]!.values = { exhibition: '展会' };
    const job = await bring('a.csv', text(rows), { mapping, defaults: { source: 'Fair 2026' } });
    expect(job).toMatchObject({ created: 1, failed: 1 });
    expect(await leads()).toMatchObject([{ name: '甲', owner_id: boss.id, source: 'Fair 2026', next_contact_date: '2026-03-01', custom: { channel: { choices: { ids: ['fair'] } }, budget: { money: { amount: '1054.5' } } } }]);
    const { results } = await someone.jobs.listJobResults({ id: job.id });
    expect(results[1]?.errors.map(({ field, reason }) => [field, reason])).toEqual([['ownerId', 'NOT_FOUND'], ['nextContactDate', 'BAD_DATE']]);
  });

  it('takes names of 300 Chinese characters for too long, and says so', async () => {
    const long = '深'.repeat(300);
    const job = await bring('a.csv', text([['姓名', '电话'], [long, '13800138000'], ['深'.repeat(200), '13900139000']]));
    expect(job).toMatchObject({ created: 1, failed: 1 });
    const { results } = await someone.jobs.listJobResults({ id: job.id, outcome: 'failed' });
    expect(results[0]?.errors).toMatchObject([{ field: 'name', reason: 'TOO_LONG' }]);
    expect((await download(job)).toString()).toContain(long);
  });

  it('lets rows of one file stand under each other in any order', async () => {
    const rows = [['Name', 'Parent', 'From date'], ['C', 'B', '2025-01-01'], ['B', 'A', '2025-01-01'], ['Lost', 'Nowhere', ''], ['A', '', '2024/7/1'], ['D', 'C', '']];
    const job = await bring('tree.csv', text(rows), {}, { noun: 'department' });
    expect(job).toMatchObject({ state: 'JOB_STATE_DONE', processed: 5, created: 4, failed: 1 });
    const stored = (await host.database.sql.selectFrom('department').selectAll().orderBy('name').execute()) as Record<string, any>[];
    const id = (name: string) => stored.find((row) => row['name'] === name)?.['id'];
    expect(stored.map(({ name, parent_id, cost_center }) => [name, parent_id, cost_center])).toEqual([['A', null, '2024-07-01'], ['B', id('A'), '2025-01-01'], ['C', id('B'), '2025-01-01'], ['D', id('C'), '']]);
    const { results } = await someone.jobs.listJobResults({ id: job.id, outcome: 'failed' });
    expect(results).toMatchObject([{ row: 4, errors: [{ field: 'parentId', reason: 'NOT_FOUND' }] }]);
  });

  it('goes through many batches', async () => {
    const rows = [['Name', 'Phone'], ...Array.from({ length: 450 }, (_, index) => [index % 90 === 5 ? '' : `n${index}`, index % 150 === 7 ? 'abc' : String(13_800_000_000 + index)])];
    expect(await bring('many.csv', text(rows))).toMatchObject({ total: 450, processed: 450, created: 442, failed: 8 });
  }, 60_000);
});

describe('a dry run', () => {
  it('says what an import would do, and does nothing', async () => {
    await bring('leads.csv', text(TABLE.slice(0, 2)));
    const before = await host.database.sql.selectFrom('outbox').selectAll().execute();
    const rows = structuredClone([...TABLE, ['', '', '13600136000', '', ''], ['王小明', '', '13800138000', '', '']]);
    rows[1]![1] = '深蓝集团';
    const fileId = await upload('a.csv', text(rows));
    const { mapping } = await someone.jobs.inspectImport({ noun: 'lead', fileId });
    expect(await someone.jobs.previewImport({ noun: 'lead', settings: { fileId, mapping, onMatch: 'MATCH_ACTION_UPDATE' } })).toMatchObject({ total: 5, checked: 5, toCreate: 2, toUpdate: 1, toSkip: 1, bad: 1, errors: [{ row: 5, errors: [{ field: 'name', reason: 'REQUIRED' }] }] });
    expect(await leads()).toHaveLength(1);
    expect(await host.database.sql.selectFrom('outbox').selectAll().execute()).toHaveLength(before.length);
    expect(await host.database.sql.selectFrom('import_identity').selectAll().execute()).toHaveLength(2);
  });

  it('sees rows that need each other', async () => {
    const fileId = await upload('tree.csv', text([['Name', 'Parent'], ['C', 'B'], ['B', 'A'], ['A', ''], ['X', 'Y']]));
    const { mapping } = await someone.jobs.inspectImport({ noun: 'department', fileId });
    expect(await someone.jobs.previewImport({ noun: 'department', settings: { fileId, mapping } })).toMatchObject({ toCreate: 3, bad: 1 });
  });
});

describe('the past', () => {
  const rows = [['Name', 'Phone', 'Created', 'State'], ['Old', '13800138000', '2016-10-20', 'Invalid'], ['Later', '13900139000', '2100-01-01', '']];

  it('comes in with its own dates, marked as such', async () => {
    const job = await bring('old.csv', text(rows), { history: true });
    expect(job).toMatchObject({ created: 1, failed: 1 });
    const [lead] = await leads();
    expect(new Date(lead!['create_time']).toISOString()).toBe('2016-10-19T16:00:00.000Z');
    expect(lead).toMatchObject({ name: 'Old', state: 'LEAD_STATE_INVALID' });
    const [event] = (await host.database.sql.selectFrom('outbox').selectAll().execute()) as any[];
    expect(event.event).toMatchObject({ time: '2016-10-19T16:00:00.000Z', businessdate: '2016-10-20', imported: 'true' });
    const { entries } = await someone.records.listHistory({ noun: 'lead', recordId: lead!['id'] });
    expect(entries).toMatchObject([{ version: 1, imported: true }]);
  });

  it('needs a right of its own', async () => {
    const { ['lead.import_history']: _, ...permissions } = everything();
    const clerk = await host.person({ permissions });
    const fileId = await upload('old.csv', text(rows), clerk);
    const { mapping, fields } = await clerk.jobs.inspectImport({ noun: 'lead', fileId });
    expect(fields.some(({ history }) => history)).toBe(false);
    expect(mapping.map(({ field }) => field)).toEqual(['name', 'phones', '', '']);
    await expect(clerk.jobs.startImport({ noun: 'lead', settings: { fileId, mapping, history: true } })).rejects.toMatchObject({ code: 'PERMISSION_DENIED', params: { permission: 'lead.import_history' } });
    const sly = map(['Name', 'name'], ['Phone', 'phones'], ['Created', 'createTime']);
    await expect(clerk.jobs.startImport({ noun: 'lead', settings: { fileId, mapping: sly } })).rejects.toMatchObject({ fields: [{ field: 'settings.mapping[2].field', reason: 'UNKNOWN_FIELD' }] });
  });

  it('is not mixed with the present', async () => {
    const fileId = await upload('old.csv', text(rows));
    const mapping = map(['Name', 'name'], ['Phone', 'phones'], ['Created', 'createTime']);
    await expect(someone.jobs.startImport({ noun: 'lead', settings: { fileId, mapping } })).rejects.toMatchObject({ fields: [{ reason: 'HISTORY_ONLY' }] });
  });
});

describe('what is refused before a job begins', () => {
  it.each([
    ['an empty file', Buffer.alloc(0), 'EMPTY_FILE'],
    ['a workbook that is none', Buffer.from('Name,Phone\n'), 'WRONG_FILE_TYPE'],
  ])('%s', async (_, bytes, reason) => {
    await expect(upload(reason === 'WRONG_FILE_TYPE' ? 'a.xlsx' : 'a.csv', bytes)).rejects.toMatchObject({ fields: [{ reason }] });
  });

  it('a file with blank lines only, and one with headings only', async () => {
    await expect(someone.jobs.inspectImport({ noun: 'lead', fileId: await upload('a.csv', '\n\n') })).rejects.toMatchObject({ fields: [{ field: 'fileId', reason: 'EMPTY_FILE' }] });
    const fileId = await upload('a.csv', 'Name,Phone\n');
    const { mapping, total } = await someone.jobs.inspectImport({ noun: 'lead', fileId });
    expect(total).toBe(0);
    await expect(someone.jobs.startImport({ noun: 'lead', settings: { fileId, mapping } })).rejects.toMatchObject({ fields: [{ field: 'settings.fileId', reason: 'NO_ROWS' }] });
  });

  it('wrong headings, fields and repetitions', async () => {
    const fileId = await upload('a.csv', 'Name,Phone\nAnn,13800138000');
    const start = (mapping: ColumnMapping[], more: Partial<ImportSettings> = {}) => someone.jobs.startImport({ noun: 'lead', settings: { fileId, mapping, ...more } });
    await expect(start(map(['Nme', 'name'], ['Phone', 'phones']))).rejects.toMatchObject({ fields: [{ field: 'settings.mapping[0].column', reason: 'UNKNOWN_COLUMN' }] });
    await expect(start(map(['Name', 'nmae'], ['Phone', 'name']))).rejects.toMatchObject({ fields: [{ field: 'settings.mapping[0].field', reason: 'UNKNOWN_FIELD' }] });
    await expect(start(map(['Name', 'name'], ['Phone', 'name']))).rejects.toMatchObject({ fields: [{ field: 'settings.mapping[1].field', reason: 'DUPLICATE' }] });
    await expect(start(map(['Phone', 'phones']))).rejects.toMatchObject({ fields: [{ field: 'settings.mapping', reason: 'FIELD_MISSING' }] });
    await expect(start(map(['Name', 'name']), { defaults: { number: '1' } })).rejects.toMatchObject({ fields: [{ field: 'settings.defaults.number', reason: 'UNKNOWN_FIELD' }] });
  });

  it("somebody else's file, a foreign noun, a missing right", async () => {
    const fileId = await upload('a.csv', 'Name,Phone\nAnn,1');
    const other = await host.person();
    await expect(other.jobs.inspectImport({ noun: 'lead', fileId })).rejects.toMatchObject({ fields: [{ field: 'fileId', reason: 'UNKNOWN_FILE' }] });
    const guest = await host.person({ permissions: { 'lead.read': 'ALL' } });
    await expect(guest.jobs.inspectImport({ noun: 'lead', fileId })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  it('fields that the role may not write', async () => {
    const clerk = await host.person({ fields: { lead: { readOnly: ['company'], hidden: ['note'] } } });
    const fileId = await upload('a.csv', text(TABLE), clerk);
    expect((await clerk.jobs.inspectImport({ noun: 'lead', fileId })).mapping.map(({ field }) => field)).toEqual(['name', '', 'phones', 'emails', '']);
  });
});

describe('the same request twice', () => {
  it('is one job', async () => {
    const fileId = await upload('a.csv', text(TABLE));
    const { mapping } = await someone.jobs.inspectImport({ noun: 'lead', fileId });
    const request = { noun: 'lead', settings: { fileId, mapping }, requestId: 'once' };
    const [one, two] = await Promise.all([someone.jobs.startImport(request), someone.jobs.startImport(request)]);
    expect(one.job?.id).toBe(two.job?.id);
  });

  it('two files with the same rows at the same time create each once', async () => {
    const start = async () => {
      const fileId = await upload('a.csv', text(TABLE));
      const { mapping } = await someone.jobs.inspectImport({ noun: 'lead', fileId });
      return (await someone.jobs.startImport({ noun: 'lead', settings: { fileId, mapping } })).job!.id;
    };
    const ids = [await start(), await start()];
    await Promise.all(ids.map((id) => host.runJob(id)));
    expect(await leads()).toHaveLength(3);
  });
});

describe('cancelling', () => {
  it('stops before the next row; what is done stays done', async () => {
    const rows = [['Name', 'Phone'], ...Array.from({ length: 250 }, (_, index) => [`n${index}`, String(13_800_000_000 + index)])];
    const fileId = await upload('a.csv', await csv(rows));
    const { mapping } = await someone.jobs.inspectImport({ noun: 'lead', fileId });
    const { job } = await someone.jobs.startImport({ noun: 'lead', settings: { fileId, mapping } });
    let batches = 0;
    const forget = onStep('import.committed', async () => {
      batches += 1;
      if (batches > 1) return;
      await someone.jobs.cancelJob({ id: job!.id });
      // As long as it takes to be noticed.
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    });
    await host.runJob(job!.id).finally(forget);
    const done = (await someone.jobs.getJob({ id: job!.id })).job!;
    expect(done).toMatchObject({ state: 'JOB_STATE_CANCELLED', processed: 100, created: 100, total: 250 });
    expect(await leads()).toHaveLength(100);
    const other = await host.person();
    await expect(other.jobs.getJob({ id: job!.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('ends at once what has not begun', async () => {
    const fileId = await upload('a.csv', text(TABLE));
    const { mapping } = await someone.jobs.inspectImport({ noun: 'lead', fileId });
    const { job } = await someone.jobs.startImport({ noun: 'lead', settings: { fileId, mapping } });
    expect((await someone.jobs.cancelJob({ id: job!.id })).job?.state).toBe('JOB_STATE_CANCELLED');
    await host.runJob(job!.id);
    expect(await leads()).toHaveLength(0);
  });
});
