import { describe, expect, it } from 'vitest';
import { everything, type Host, type HostPerson } from '../testing/host.ts';
import { beforeEachImport, importing, map, TABLE, text, type Importing } from '../testing/importing.ts';

let host: Host;
let someone: HostPerson;
let tools: Importing['tools'];

beforeEachImport('identities', (each) => ({ host, someone, tools } = each));

describe('a row whose record is there already', () => {
  it('tells nothing of a record outside of the scope but that it exists, brought in or entered by hand', async () => {
    await tools.bring('leads.csv', text(TABLE));
    const clerk = await host.person({ permissions: everything('OWN') });
    const own = importing(host, clerk);
    await host.database.sql.updateTable('lead').set({ owner_id: clerk.id }).where('name', '=', 'Ann Lee').execute();
    for (const onMatch of ['MATCH_ACTION_SKIP', 'MATCH_ACTION_UPDATE'] as const) {
      const job = await own.bring('leads.csv', text(TABLE), { onMatch });
      expect(job).toMatchObject({ created: 0, updated: 0, skipped: 1, failed: 2 });
      const { results } = await clerk.jobs.listJobResults({ id: job.id, outcome: 'failed' });
      for (const { recordId, errors } of results)
        expect([recordId, errors]).toEqual(['', [expect.objectContaining({ reason: 'EXISTS_ELSEWHERE' })]]);
      await host.database.sql.deleteFrom('import_identity').execute();
    }
    expect((await tools.leads()).map(({ version }) => version)).toEqual([1, 1, 1]);
  });

  it('brings in anew what is in the recycle bin', async () => {
    await tools.bring('leads.csv', text(TABLE));
    await host.database.sql.updateTable('lead').set({ delete_time: new Date() }).where('name', '=', '李芳').execute();
    for (const [onMatch, created] of [
      ['MATCH_ACTION_UPDATE', 1],
      ['MATCH_ACTION_SKIP', 0],
    ] as const)
      expect(await tools.bring('leads.csv', text(TABLE), { onMatch })).toMatchObject({
        created,
        skipped: 3 - created,
        failed: 0,
      });
    expect(await tools.leads()).toHaveLength(4);
  });
});

describe('rows that share a telephone', () => {
  const HEAD = ['Name', 'Phone', 'Email', 'Company'];
  const HALL = [
    ['Ann', '02161234567', 'ann@example.com', 'Blue'],
    ['Bob', '02161234567', 'bob@example.com', 'Blue'],
  ];
  const settings = {
    mapping: map(...HEAD.map((name, at): [string, string] => [name, ['name', 'phones', 'emails', 'company'][at]!])),
  };
  const tried = async (rows: string[][], onMatch: 'MATCH_ACTION_SKIP' | 'MATCH_ACTION_UPDATE') => {
    const file = text([HEAD, ...rows]);
    const fileId = await tools.upload('hall.csv', file);
    const { toCreate, toUpdate, toSkip } = await someone.jobs.previewImport({
      noun: 'lead',
      settings: { fileId, onMatch, ...settings },
    });
    const { created, updated, skipped } = await tools.bring('hall.csv', file, { onMatch, ...settings });
    expect([created, updated, skipped]).toEqual([toCreate, toUpdate, toSkip]);
    return [created, updated, skipped];
  };

  it('are two when their names and mails differ, in one file and in two, before the import and in it', async () => {
    expect(await tried(HALL, 'MATCH_ACTION_SKIP')).toEqual([2, 0, 0]);
    expect(await tried(HALL.toReversed(), 'MATCH_ACTION_UPDATE')).toEqual([0, 0, 2]);
    expect(await tried([['Cid', '02161234567', 'cid@example.com', 'Blue']], 'MATCH_ACTION_UPDATE')).toEqual([1, 0, 0]);
    await host.database.sql.deleteFrom('import_identity').execute();
    expect(await tried(HALL, 'MATCH_ACTION_UPDATE')).toEqual([0, 0, 2]);
    expect((await tools.leads()).map(({ name }) => name)).toEqual(['Ann', 'Bob', 'Cid']);
  });

  it('are the one that bears the name, whoever had the telephone first', async () => {
    await tried(HALL, 'MATCH_ACTION_SKIP');
    expect(await tried([['Bob', '02161234567', '', 'Green']], 'MATCH_ACTION_UPDATE')).toEqual([0, 1, 0]);
    expect((await tools.leads()).map(({ name, company }) => `${name} ${company}`)).toEqual(['Ann Blue', 'Bob Green']);
  });

  it('are the same when nothing but the name differs, and still when the record has changed since', async () => {
    await tried([['Ann', '02161234567', '', 'Blue']], 'MATCH_ACTION_SKIP');
    expect(await tried([['Anne', '02161234567', '', 'Blue']], 'MATCH_ACTION_UPDATE')).toEqual([0, 1, 0]);
    await host.database.sql
      .updateTable('lead')
      .set({ phones: ['+8613800138000'], emails: ['anne@example.com'] })
      .execute();
    expect(await tried([['Ann', '02161234567', 'ann@example.com', 'Blue']], 'MATCH_ACTION_SKIP')).toEqual([1, 0, 0]);
    expect(await tried([['Anne', '02161234567', '', 'Blue']], 'MATCH_ACTION_SKIP')).toEqual([0, 0, 1]);
  });
});

describe('rows that get an external id', () => {
  it('are the records that came without one, when the name is theirs too', async () => {
    await tools.bring('leads.csv', text(TABLE));
    const rows = [
      ['Name', 'Phone', 'id'],
      ['王小明', '13800138000', 'X-1'],
      ['另一位', '13900139000', 'X-2'],
    ];
    const mapping = map(['Name', 'name'], ['Phone', 'phones'], ['id', 'externalId']);
    expect(await tools.bring('ids.csv', text(rows), { mapping })).toMatchObject({ created: 1, skipped: 1 });
    // From now on the id alone says who it is.
    rows[1] = ['王大明', '13700137000', 'X-1'];
    const again = await tools.bring('ids.csv', text(rows), { mapping, onMatch: 'MATCH_ACTION_UPDATE' });
    expect(again).toMatchObject({ created: 0, updated: 1, skipped: 1 });
    expect((await tools.leads()).map(({ name }) => name)).toEqual(['Ann Lee', '另一位', '李芳', '王大明']);
  });
});

describe('a row that only a masked field could tell', () => {
  const masked = () => host.person({ fields: { lead: { masked: ['phones'] } } });
  const RIGHT = ['13800138000', 'WANG@example.com', 'R-1'];
  const WRONG = ['13911111111', 'nobody@example.com', 'R-2'];
  const rowOf = ([phone, mail, id]: string[], by: string): string[][] => [
    ['Name', 'Phone', 'Email', 'External ID'],
    ['Guess', phone!, by === 'mail' ? mail! : '', by === 'id' ? id! : ''],
  ];

  it('is refused, in a preview and in earnest, whether there is such a record or not', async () => {
    await tools.bring('leads.csv', text(TABLE));
    const spy = await masked();
    const own = importing(host, spy);
    for (const guess of [RIGHT, WRONG])
      for (const onMatch of ['MATCH_ACTION_SKIP', 'MATCH_ACTION_UPDATE'] as const) {
        const rows = text(rowOf(guess, 'phone'));
        const fileId = await own.upload('guess.csv', rows);
        const { mapping, fields } = await spy.jobs.inspectImport({ noun: 'lead', fileId });
        expect(fields.filter(({ matchKey }) => matchKey).map(({ field }) => field)).toEqual(['externalId', 'emails']);
        const fault = { field: 'phones', reason: 'IDENTITY_COVERED' };
        const preview = await spy.jobs.previewImport({ noun: 'lead', settings: { fileId, mapping, onMatch } });
        expect(preview).toMatchObject({ bad: 1, toCreate: 0, errors: [{ recordId: '', errors: [fault] }] });
        const job = await own.bring('guess.csv', rows, { onMatch });
        const { results } = await spy.jobs.listJobResults({ id: job.id });
        expect(results).toMatchObject([{ outcome: 'failed', recordId: '', errors: [fault] }]);
      }
    expect(await tools.leads()).toHaveLength(3);
  });

  it('goes by what the person sees: another record has the phone, and nothing says so', async () => {
    await tools.bring('leads.csv', text(TABLE));
    const spy = await masked();
    const own = importing(host, spy);
    for (const [by, guess, outcome] of [
      ['mail', RIGHT, 'skipped'],
      ['mail', ['13900139000', ...WRONG.slice(1)], 'created'],
      ['id', RIGHT, 'created'],
      ['id', RIGHT, 'skipped'],
    ] as const) {
      const rows = rowOf([...guess], by);
      const mapping = map(['Name', 'name'], ['Phone', 'phones'], ['Email', 'emails'], ['External ID', 'externalId']);
      const job = await own.bring('guess.csv', text(rows), { mapping });
      const { results } = await spy.jobs.listJobResults({ id: job.id });
      expect(results).toMatchObject([{ outcome }]);
    }
  });
});
