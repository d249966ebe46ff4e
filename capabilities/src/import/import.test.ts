import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import type { Host, HostPerson } from '../testing/host.ts';
import { beforeEachImport, book, map, TABLE, text, type Importing } from '../testing/importing.ts';

let host: Host;
let someone: HostPerson;
let tools: Importing['tools'];

beforeEachImport('import', (each) => ({ host, someone, tools } = each));

describe('an import', () => {
  it('says what a file is and proposes a mapping', async () => {
    const fileId = await tools.upload('线索.csv', iconv.encode(text(TABLE), 'gbk'));
    const found = await someone.jobs.inspectImport({ noun: 'lead', fileId });
    expect(found).toMatchObject({ encoding: 'gbk', columns: TABLE[0], total: 3 });
    expect(found.sample[0]?.cells).toEqual(TABLE[1]);
    expect(found.mapping.map(({ field }) => field)).toEqual(['name', 'company', 'phones', 'emails', 'note']);
    expect(found.fields.find(({ field }) => field === 'phones')).toMatchObject({ matchKey: true, label: 'Phone' });
  });

  it('takes the rows in, with the events of any other create', async () => {
    const job = await tools.bring('leads.csv', text(TABLE));
    expect(job).toMatchObject({
      state: 'JOB_STATE_DONE',
      total: 3,
      processed: 3,
      created: 3,
      failed: 0,
      sourceFileName: 'leads.csv',
    });
    expect(
      (await tools.leads()).map(({ name, company, phones, owner_id }) => [name, company, phones, owner_id]),
    ).toEqual([
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
    await tools.bring('leads.csv', text(TABLE));
    for (const onMatch of ['MATCH_ACTION_SKIP', 'MATCH_ACTION_UPDATE'] as const) {
      expect(await tools.bring(name, await make(TABLE), { onMatch })).toMatchObject({
        state: 'JOB_STATE_DONE',
        processed: 3,
        created: 0,
        updated: 0,
        skipped: 3,
        failed: 0,
      });
    }
    expect(await tools.leads()).toHaveLength(3);
  });

  it('skips or updates when one row has changed', async () => {
    await tools.bring('leads.csv', text(TABLE));
    const changed = structuredClone(TABLE);
    changed[1]![1] = '深蓝集团';
    // The phone too: the mail still says who it is.
    changed[1]![2] = '13700137000';
    expect(await tools.bring('leads.csv', text(changed))).toMatchObject({ created: 0, updated: 0, skipped: 3 });
    expect(await tools.bring('leads.csv', text(changed), { onMatch: 'MATCH_ACTION_UPDATE' })).toMatchObject({
      created: 0,
      updated: 1,
      skipped: 2,
    });
    expect((await tools.leads()).find(({ name }) => name === '王小明')).toMatchObject({
      company: '深蓝集团',
      phones: ['13700137000'],
      version: 2,
    });
  });

  it('goes by the external id when there is one', async () => {
    const rows = [
      ['id', 'Name', 'Phone'],
      ['A-1', 'Ann', '13800138000'],
      ['A-2', 'Bob', '13800138000'],
    ];
    const mapping = map(['id', 'externalId'], ['Name', 'name'], ['Phone', 'phones']);
    expect(await tools.bring('a.csv', text(rows), { mapping })).toMatchObject({ created: 2 });
    rows[1]![2] = '13900139000';
    expect(await tools.bring('a.csv', text(rows), { mapping, onMatch: 'MATCH_ACTION_UPDATE' })).toMatchObject({
      created: 0,
      updated: 1,
      skipped: 1,
    });
  });

  it('finds what is there already, entered by hand', async () => {
    await tools.bring('leads.csv', text(TABLE));
    await host.database.sql.deleteFrom('import_identity').execute();
    expect(await tools.bring('leads.csv', text(TABLE))).toMatchObject({ created: 0, skipped: 3 });
  });

  it('names the duplicates inside a file', async () => {
    const job = await tools.bring('leads.csv', text([...TABLE, ['王小明', '又一次', '13800138000', '', '']]));
    expect(job).toMatchObject({ created: 3, skipped: 1 });
    const { results } = await someone.jobs.listJobResults({ id: job.id, outcome: 'skipped' });
    expect(results).toMatchObject([
      { row: 5, errors: [{ reason: 'DUPLICATE_IN_FILE', message: 'Row 2 of the file is the same.' }] },
    ]);
  });

  it('refuses a row that a comma without quotes has shifted, and gives it back whole', async () => {
    const job = await tools.bring('leads.csv', `${text(TABLE)}\n钱二,某公司,13500135000,,备注,,`);
    expect(job).toMatchObject({ created: 4, failed: 0 });
    const shifted = await tools.bring('leads.csv', `${text(TABLE)}\n孙三,上海,浦东,公司,13400134000,孙@example.com`);
    expect(shifted).toMatchObject({ created: 0, skipped: 3, failed: 1 });
    const [, row] = (await tools.download(shifted)).toString().trim().split('\r\n');
    expect(row).toMatch(/^孙三,上海,浦东,公司,13400134000,"There are cells .*",孙@example.com$/);
  });

  it('gives bad rows back as a file, which can be put right and brought in again', async () => {
    const rows = [
      ...TABLE,
      ['Nobody', 'No way to reach', '', '', ''],
      ['', 'no name', '13600136000', '', ''],
      ['=1+1', '', '13500135000', 'not a mail', ''],
    ];
    const job = await tools.bring('leads.csv', text(rows));
    expect(job).toMatchObject({ state: 'JOB_STATE_DONE', created: 3, failed: 3, resultFileName: 'leads-bad-rows.csv' });
    const bytes = await tools.download(job);
    const lines = bytes.toString().split('\r\n');
    expect(lines[0]).toBe('\uFEFF姓名,公司,手机号*,邮箱,备注,What is wrong');
    expect(lines[1]).toContain('Nobody');
    expect(lines[1]).toContain('A lead needs a phone number or a mail address.');
    expect(lines[2]).toContain('Name: name is required.');
    expect(lines[3]).toMatch(/^'=1\+1,/);
    expect(lines[3]).toContain('Email: ');
    const fixed = bytes.toString().replace('Nobody,No way to reach,,', 'Nobody,No way to reach,13100131000,');
    expect(await tools.bring('fixed.csv', fixed)).toMatchObject({ created: 1, failed: 2 });
    expect((await tools.leads()).some(({ name }) => name === 'Nobody')).toBe(true);
  });

  it('gives bad rows of a workbook back as a workbook, in Chinese to a Chinese reader', async () => {
    const fileId = await tools.upload('线索.xlsx', await book([TABLE[0]!, ['无名', '', '', '', '']]));
    const { mapping } = await someone.jobs.inspectImport({ noun: 'lead', fileId });
    const { job } = await someone.jobs.startImport({ noun: 'lead', settings: { fileId, mapping } });
    await host.database.sql.updateTable('job').set({ locale: 'zh-CN' }).where('id', '=', job!.id).execute();
    await host.runJob(job!.id);
    const done = (await someone.jobs.getJob({ id: job!.id })).job!;
    expect(done.resultFileName).toBe('线索-有误的行.xlsx');
    const again = await tools.upload('again.xlsx', await tools.download(done));
    const { columns, sample } = await someone.jobs.inspectImport({ noun: 'lead', fileId: again });
    expect(columns.at(-1)).toBe('错误原因');
    expect(sample[0]?.cells.at(-1)).toBe('电话: 电话和邮箱至少填写一项');
  });

  it('maps words, takes defaults and custom fields, and looks people up', async () => {
    const boss = await host.person({}, '陈经理');
    const choice = {
      noun: 'lead',
      slug: 'channel',
      label: '渠道',
      labelEn: 'Channel',
      kind: 'CUSTOM_FIELD_KIND_CHOICE' as const,
      choices: [
        { slug: 'fair', label: '展会' },
        { slug: 'web', label: '网站' },
      ],
    };
    await someone.fields.createCustomField({ customField: choice });
    await someone.fields.createCustomField({
      customField: { noun: 'lead', slug: 'budget', label: '预算', kind: 'CUSTOM_FIELD_KIND_MONEY' },
    });
    const rows = [
      ['姓名', '电话', '负责人', '渠道', '预算', '下次联系日期'],
      ['甲', '13800000001', '陈经理', 'exhibition', '1,054.50', '2026年3月1日'],
      ['乙', '13800000002', '谁', '网站', 'USD 12万', '1/2/2026'],
    ];
    const fileId = await tools.upload('a.csv', text(rows));
    const { mapping } = await someone.jobs.inspectImport({ noun: 'lead', fileId });
    expect(mapping.map(({ field }) => field)).toEqual([
      'name',
      'phones',
      'ownerId',
      'custom.channel',
      'custom.budget',
      'nextContactDate',
    ]);
    mapping[3]!.values = { exhibition: '展会' };
    const job = await tools.bring('a.csv', text(rows), { mapping, defaults: { source: 'Fair 2026' } });
    expect(job).toMatchObject({ created: 1, failed: 1 });
    expect(await tools.leads()).toMatchObject([
      {
        name: '甲',
        owner_id: boss.id,
        source: 'Fair 2026',
        next_contact_date: '2026-03-01',
        custom: { channel: { choices: { ids: ['fair'] } }, budget: { money: { amount: '1054.50' } } },
      },
    ]);
    const { results } = await someone.jobs.listJobResults({ id: job.id });
    expect(results[1]?.errors.map(({ field, reason }) => [field, reason])).toEqual([
      ['ownerId', 'NOT_FOUND'],
      ['nextContactDate', 'BAD_DATE'],
    ]);
  });

  it('takes names of 300 Chinese characters for too long, and says so', async () => {
    const long = '深'.repeat(300);
    const job = await tools.bring(
      'a.csv',
      text([
        ['姓名', '电话'],
        [long, '13800138000'],
        ['深'.repeat(200), '13900139000'],
      ]),
    );
    expect(job).toMatchObject({ created: 1, failed: 1 });
    const { results } = await someone.jobs.listJobResults({ id: job.id, outcome: 'failed' });
    expect(results[0]?.errors).toMatchObject([{ field: 'name', reason: 'TOO_LONG' }]);
    expect((await tools.download(job)).toString()).toContain(long);
  });

  it('lets rows of one file stand under each other in any order', async () => {
    const rows = [
      ['Name', 'Parent', 'From date'],
      ['C', 'B', '2025-01-01'],
      ['B', 'A', '2025-01-01'],
      ['Lost', 'Nowhere', ''],
      ['A', '', '2024/7/1'],
      ['D', 'C', ''],
    ];
    const job = await tools.bring('tree.csv', text(rows), {}, 'department');
    expect(job).toMatchObject({ state: 'JOB_STATE_DONE', processed: 5, created: 4, failed: 1 });
    const stored = (await host.database.sql.selectFrom('department').selectAll().orderBy('name').execute()) as Record<
      string,
      any
    >[];
    const id = (name: string) => stored.find((row) => row['name'] === name)?.['id'];
    expect(stored.map(({ name, parent_id, cost_center }) => [name, parent_id, cost_center])).toEqual([
      ['A', null, '2024-07-01'],
      ['B', id('A'), '2025-01-01'],
      ['C', id('B'), '2025-01-01'],
      ['D', id('C'), ''],
    ]);
    const { results } = await someone.jobs.listJobResults({ id: job.id, outcome: 'failed' });
    expect(results).toMatchObject([{ row: 4, errors: [{ field: 'parentId', reason: 'NOT_FOUND' }] }]);
  });

  it('goes through many batches', async () => {
    const rows = [
      ['Name', 'Phone'],
      ...Array.from({ length: 450 }, (_, index) => [
        index % 90 === 5 ? '' : `n${index}`,
        index % 150 === 7 ? 'abc' : String(13_800_000_000 + index),
      ]),
    ];
    expect(await tools.bring('many.csv', text(rows))).toMatchObject({
      total: 450,
      processed: 450,
      created: 442,
      failed: 8,
    });
  }, 60_000);
});
