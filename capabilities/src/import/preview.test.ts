import { describe, expect, it } from 'vitest';
import { everything, type Host, type HostPerson } from '../testing/host.ts';
import { beforeEachImport, importing, map, TABLE, text, type Importing } from '../testing/importing.ts';

let host: Host;
let someone: HostPerson;
let tools: Importing['tools'];

beforeEachImport('preview', (each) => ({ host, someone, tools } = each));

describe('a dry run', () => {
  it('says what an import would do, and does nothing', async () => {
    await tools.bring('leads.csv', text(TABLE.slice(0, 2)));
    const before = await host.database.sql.selectFrom('outbox').selectAll().execute();
    const rows = structuredClone([...TABLE, ['', '', '13600136000', '', ''], ['王小明', '', '13800138000', '', '']]);
    rows[1]![1] = '深蓝集团';
    const fileId = await tools.upload('a.csv', text(rows));
    const { mapping } = await someone.jobs.inspectImport({ noun: 'lead', fileId });
    expect(
      await someone.jobs.previewImport({ noun: 'lead', settings: { fileId, mapping, onMatch: 'MATCH_ACTION_UPDATE' } }),
    ).toMatchObject({
      total: 5,
      checked: 5,
      toCreate: 2,
      toUpdate: 1,
      toSkip: 1,
      bad: 1,
      errors: [
        { row: 5, outcome: 'failed', errors: [{ field: 'name', reason: 'REQUIRED' }] },
        { row: 6, outcome: 'skipped', errors: [{ reason: 'DUPLICATE_IN_FILE' }] },
      ],
    });
    expect(await tools.leads()).toHaveLength(1);
    expect(await host.database.sql.selectFrom('outbox').selectAll().execute()).toHaveLength(before.length);
    expect(await host.database.sql.selectFrom('import_identity').selectAll().execute()).toHaveLength(2);
  });

  it('sees rows that need each other', async () => {
    const fileId = await tools.upload(
      'tree.csv',
      text([
        ['Name', 'Parent'],
        ['C', 'B'],
        ['B', 'A'],
        ['A', ''],
        ['X', 'Y'],
      ]),
    );
    const { mapping } = await someone.jobs.inspectImport({ noun: 'department', fileId });
    expect(await someone.jobs.previewImport({ noun: 'department', settings: { fileId, mapping } })).toMatchObject({
      toCreate: 3,
      bad: 1,
    });
  });

  it('tells the values that no field knows, until the mapping does', async () => {
    await someone.fields.createCustomField({
      customField: {
        noun: 'lead',
        slug: 'wants',
        label: '需求',
        kind: 'CUSTOM_FIELD_KIND_CHOICES',
        choices: [
          { slug: 'pro', label: 'GTX Pro' },
          { slug: 'basic', label: 'GTX Basic' },
        ],
      },
    });
    const rows = [
      ['Name', 'Phone', '需求', 'Owner'],
      ['A', '13800138000', 'GTXP', 'Nobody'],
      ['B', '13800138001', 'GTXP; gtx basic', ''],
      ['C', '13800138002', 'GTX Pro', ''],
    ];
    const fileId = await tools.upload('wants.csv', text(rows));
    const { mapping, values } = await someone.jobs.inspectImport({ noun: 'lead', fileId });
    expect(values.find(({ column }) => column === 'Owner')).toEqual({
      column: 'Owner',
      values: [{ value: 'Nobody', count: 1 }],
    });
    const preview = () => someone.jobs.previewImport({ noun: 'lead', settings: { fileId, mapping } });
    const before = await preview();
    expect(before.bad).toBe(2);
    expect(before.unknown).toEqual([
      { field: 'custom.wants', value: 'GTXP', count: 2 },
      { field: 'ownerId', value: 'Nobody', count: 1 },
    ]);
    mapping[2]!.values = { 'gtxp ': 'pro' };
    mapping[3]!.values = { Nobody: someone.id };
    expect(await preview()).toMatchObject({ bad: 0, toCreate: 3, unknown: [] });
  });
});

describe('the past', () => {
  const rows = [
    ['Name', 'Phone', 'Created', 'State'],
    ['Old', '13800138000', '2016-10-20', 'Invalid'],
    ['Later', '13900139000', '2100-01-01', ''],
  ];

  it('comes in with its own dates, marked as such', async () => {
    const job = await tools.bring('old.csv', text(rows), { history: true });
    expect(job).toMatchObject({ created: 1, failed: 1 });
    const [lead] = await tools.leads();
    expect(new Date(lead!['create_time']).toISOString()).toBe('2016-10-19T16:00:00.000Z');
    expect(lead).toMatchObject({ name: 'Old', state: 'LEAD_STATE_INVALID' });
    const [event] = (await host.database.sql.selectFrom('outbox').selectAll().execute()) as any[];
    expect(event.event).toMatchObject({
      time: '2016-10-19T16:00:00.000Z',
      businessdate: '2016-10-20',
      imported: 'true',
    });
    const { entries } = await someone.records.listHistory({ noun: 'lead', recordId: lead!['id'] });
    expect(entries).toMatchObject([{ version: 1, imported: true }]);
  });

  it('needs a right of its own', async () => {
    const { ['lead.import_history']: _, ...permissions } = everything();
    const clerk = await host.person({ permissions });
    const fileId = await importing(host, clerk).upload('old.csv', text(rows));
    const { mapping, fields } = await clerk.jobs.inspectImport({ noun: 'lead', fileId });
    expect(fields.some(({ history }) => history)).toBe(false);
    expect(mapping.map(({ field }) => field)).toEqual(['name', 'phones', '', '']);
    await expect(
      clerk.jobs.startImport({ noun: 'lead', settings: { fileId, mapping, history: true } }),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED', params: { permission: 'lead.import_history' } });
    const sly = map(['Name', 'name'], ['Phone', 'phones'], ['Created', 'createTime']);
    await expect(clerk.jobs.startImport({ noun: 'lead', settings: { fileId, mapping: sly } })).rejects.toMatchObject({
      fields: [{ field: 'settings.mapping[2].field', reason: 'UNKNOWN_FIELD' }],
    });
  });

  it('is not mixed with the present', async () => {
    const fileId = await tools.upload('old.csv', text(rows));
    const mapping = map(['Name', 'name'], ['Phone', 'phones'], ['Created', 'createTime']);
    await expect(someone.jobs.startImport({ noun: 'lead', settings: { fileId, mapping } })).rejects.toMatchObject({
      fields: [{ reason: 'HISTORY_ONLY' }],
    });
  });
});
