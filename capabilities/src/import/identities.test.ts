import { describe, expect, it } from 'vitest';
import { everything, type Host } from '../testing/host.ts';
import { beforeEachImport, importing, TABLE, text, type Importing } from '../testing/importing.ts';

let host: Host;
let tools: Importing['tools'];

beforeEachImport('identities', (each) => ({ host, tools } = each));

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
