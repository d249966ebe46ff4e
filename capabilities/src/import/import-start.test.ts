import type { ColumnMapping, ImportSettings } from '@pelagic/proto/crm/capability/v1/job';
import { onStep } from '@pelagic/chassis/steps';
import { describe, expect, it } from 'vitest';
import type { Host, HostPerson } from '../testing/host.ts';
import {
  beforeEachImport,
  book,
  csv,
  importing,
  map,
  people,
  TABLE,
  text,
  type Importing,
} from '../testing/importing.ts';

let host: Host;
let someone: HostPerson;
let tools: Importing['tools'];

beforeEachImport('import_start', (each) => ({ host, someone, tools } = each));

/** Of a zip file: it tells how long its parts are once unpacked. */
const DIRECTORY_ENTRY = Buffer.from('PK\x01\x02');

describe('what is refused before a job begins', () => {
  it.each([
    ['an empty file', Buffer.alloc(0), 'EMPTY_FILE'],
    ['a workbook that is none', Buffer.from('Name,Phone\n'), 'WRONG_FILE_TYPE'],
  ])('%s', async (_, bytes, reason) => {
    await expect(tools.upload(reason === 'WRONG_FILE_TYPE' ? 'a.xlsx' : 'a.csv', bytes)).rejects.toMatchObject({
      fields: [{ reason }],
    });
  });

  it('a workbook whose row is a bomb, also when its directory says that it is none', async () => {
    const bytes = await book([
      ['Name', 'Phone'],
      ['x'.repeat(2_000_000), '13800138000'],
    ]);
    for (const size of [undefined, 100]) {
      for (let at = bytes.indexOf(DIRECTORY_ENTRY); size && at >= 0; at = bytes.indexOf(DIRECTORY_ENTRY, at + 1))
        bytes.writeUInt32LE(size, at + 24);
      await expect(tools.upload('bomb.xlsx', bytes)).rejects.toMatchObject({
        fields: [{ field: 'file', reason: 'TOO_LARGE_UNPACKED' }],
      });
    }
    expect(await host.database.sql.selectFrom('file').selectAll().where('name', '=', 'bomb.xlsx').execute()).toEqual(
      [],
    );
  });

  it('a file with blank lines only, and one with headings only', async () => {
    await expect(
      someone.jobs.inspectImport({ noun: 'lead', fileId: await tools.upload('a.csv', '\n\n') }),
    ).rejects.toMatchObject({ fields: [{ field: 'fileId', reason: 'EMPTY_FILE' }] });
    const fileId = await tools.upload('a.csv', 'Name,Phone\n');
    const { mapping, total } = await someone.jobs.inspectImport({ noun: 'lead', fileId });
    expect(total).toBe(0);
    await expect(someone.jobs.startImport({ noun: 'lead', settings: { fileId, mapping } })).rejects.toMatchObject({
      fields: [{ field: 'settings.fileId', reason: 'NO_ROWS' }],
    });
  });

  it('wrong headings, fields and repetitions', async () => {
    const fileId = await tools.upload('a.csv', 'Name,Phone\nAnn,13800138000');
    const start = (mapping: ColumnMapping[], more: Partial<ImportSettings> = {}) =>
      someone.jobs.startImport({ noun: 'lead', settings: { fileId, mapping, ...more } });
    await expect(start(map(['Nme', 'name'], ['Phone', 'phones']))).rejects.toMatchObject({
      fields: [{ field: 'settings.mapping[0].column', reason: 'UNKNOWN_COLUMN' }],
    });
    await expect(start(map(['Name', 'nmae'], ['Phone', 'name']))).rejects.toMatchObject({
      fields: [{ field: 'settings.mapping[0].field', reason: 'UNKNOWN_FIELD' }],
    });
    await expect(start(map(['Name', 'name'], ['Phone', 'name']))).rejects.toMatchObject({
      fields: [{ field: 'settings.mapping[1].field', reason: 'DUPLICATE' }],
    });
    await expect(start(map(['Name', 'name'], ['Phone', 'phones'], ['Phone', 'phones']))).rejects.toMatchObject({
      fields: [{ field: 'settings.mapping[2].column', reason: 'DUPLICATE' }],
    });
    await expect(start(map(['Phone', 'phones']))).rejects.toMatchObject({
      fields: [{ field: 'settings.mapping', reason: 'FIELD_MISSING' }],
    });
    await expect(start(map(['Name', 'name']), { defaults: { number: '1' } })).rejects.toMatchObject({
      fields: [{ field: 'settings.defaults.number', reason: 'UNKNOWN_FIELD' }],
    });
  });

  it("somebody else's file, a foreign noun, a missing right", async () => {
    const fileId = await tools.upload('a.csv', 'Name,Phone\nAnn,1');
    const other = await host.person();
    await expect(other.jobs.inspectImport({ noun: 'lead', fileId })).rejects.toMatchObject({
      fields: [{ field: 'fileId', reason: 'UNKNOWN_FILE' }],
    });
    const guest = await host.person({ permissions: { 'lead.read': 'ALL' } });
    await expect(guest.jobs.inspectImport({ noun: 'lead', fileId })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
  });

  it('fields that the role may not write', async () => {
    const clerk = await host.person({ fields: { lead: { readOnly: ['company'], hidden: ['note'] } } });
    const fileId = await importing(host, clerk).upload('a.csv', text(TABLE));
    expect((await clerk.jobs.inspectImport({ noun: 'lead', fileId })).mapping.map(({ field }) => field)).toEqual([
      'name',
      '',
      'phones',
      'emails',
      '',
    ]);
  });
});

describe('a column that fills two fields', () => {
  it('gives both of them its value', async () => {
    const fileId = await tools.upload('a.csv', 'Deal,Phone\nD-1,13800138000');
    const mapping = map(['Deal', 'name'], ['Deal', 'externalId'], ['Phone', 'phones']);
    const { job } = await someone.jobs.startImport({ noun: 'lead', settings: { fileId, mapping } });
    await host.runJob(job!.id);
    expect(await tools.leads()).toMatchObject([{ name: 'D-1', external_id: 'D-1' }]);
  });
});

describe('the same request twice', () => {
  it('is one job', async () => {
    const fileId = await tools.upload('a.csv', text(TABLE));
    const { mapping } = await someone.jobs.inspectImport({ noun: 'lead', fileId });
    const request = { noun: 'lead', settings: { fileId, mapping }, requestId: 'once' };
    const [one, two] = await Promise.all([someone.jobs.startImport(request), someone.jobs.startImport(request)]);
    expect(one.job?.id).toBe(two.job?.id);
  });

  it('two files with the same rows at the same time create each once', async () => {
    const start = async () => {
      const fileId = await tools.upload('a.csv', text(TABLE));
      const { mapping } = await someone.jobs.inspectImport({ noun: 'lead', fileId });
      return (await someone.jobs.startImport({ noun: 'lead', settings: { fileId, mapping } })).job!.id;
    };
    const ids = [await start(), await start()];
    await Promise.all(ids.map((id) => host.runJob(id)));
    expect(await tools.leads()).toHaveLength(3);
  });
});

describe('cancelling', () => {
  it('stops before the next row; what is done stays done', async () => {
    const fileId = await tools.upload('a.csv', await csv(people(250)));
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
    expect(done).toMatchObject({ state: 'JOB_STATE_CANCELLED', total: 250 });
    expect(done.processed).toBeLessThan(250);
    expect(await tools.leads()).toHaveLength(done.processed);
    const other = await host.person();
    await expect(other.jobs.getJob({ id: job!.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('ends at once what has not begun', async () => {
    const fileId = await tools.upload('a.csv', text(TABLE));
    const { mapping } = await someone.jobs.inspectImport({ noun: 'lead', fileId });
    const { job } = await someone.jobs.startImport({ noun: 'lead', settings: { fileId, mapping } });
    expect((await someone.jobs.cancelJob({ id: job!.id })).job?.state).toBe('JOB_STATE_CANCELLED');
    await host.runJob(job!.id);
    expect(await tools.leads()).toHaveLength(0);
  });
});
