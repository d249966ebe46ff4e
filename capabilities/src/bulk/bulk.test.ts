import { uuidv7 } from '@pelagic/chassis/outbox';
import { onStep } from '@pelagic/chassis/steps';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { everything, type Host, type HostPerson } from '../testing/host.ts';
import { addLeads, finish, openSetting } from '../testing/setting.ts';

let setting: Awaited<ReturnType<typeof openSetting>>;
let host: Host;
let someone: HostPerson;

beforeAll(async () => {
  setting = await openSetting('bulk');
  host = setting.host;
});

beforeEach(async () => {
  for (const table of ['lead', 'job', 'outbox', 'lease']) await host.database.sql.deleteFrom(table).execute();
  someone = await host.person();
});

afterAll(() => setting.close());

const leads = async () =>
  (await host.database.sql.selectFrom('lead').selectAll().orderBy('name').execute()) as Record<string, any>[];
const results = async (id: string, person = someone) => (await person.jobs.listJobResults({ id })).results;

describe('a bulk edit', () => {
  it('writes the same fields to each record, with its own right and version', async () => {
    const clerk = await host.person({ permissions: { ...everything(), 'lead.update': 'OWN' } });
    const [own, stale, foreign] = await addLeads(host, 3, (index) => ({ owner_id: index < 2 ? clerk.id : someone.id }));
    await host.database.sql.updateTable('lead').set({ version: 2 }).where('id', '=', stale!).execute();
    const nowhere = uuidv7();
    const records = [own!, stale!, foreign!, nowhere].map((id) => ({ id, version: 1 }));
    const job = await finish(
      host,
      clerk,
      await clerk.jobs.startBulkEdit({
        noun: 'lead',
        records,
        action: 'update',
        changes: '{"source":"fair","note":""}',
      }),
    );
    expect(job).toMatchObject({
      action: 'update',
      state: 'JOB_STATE_DONE',
      total: 4,
      processed: 4,
      updated: 1,
      failed: 3,
    });
    expect(
      (await results(job.id, clerk)).map(({ recordId, outcome, errors }) => [recordId, outcome, errors[0]?.reason]),
    ).toEqual([
      [own, 'updated', undefined],
      [stale, 'failed', 'VERSION_STALE'],
      [foreign, 'failed', 'PERMISSION_DENIED'],
      [nowhere, 'failed', 'NOT_FOUND'],
    ]);
    expect((await leads()).map(({ source }) => source)).toEqual(['fair', '', '']);
    expect(await host.database.sql.selectFrom('outbox').selectAll().execute()).toHaveLength(1);
  });

  it('gives nothing to an owner where records have none', async () => {
    await expect(
      someone.jobs.startBulkEdit({ noun: 'department', action: 'undelete', ownerId: someone.id }),
    ).rejects.toMatchObject({ fields: [{ field: 'ownerId', reason: 'NO_OWNER' }] });
  });

  it('reaches all that a filter finds, as it was when asked', async () => {
    await addLeads(host, 250, (index) => ({ source: index % 5 ? 'web' : 'fair' }));
    const { job } = await someone.jobs.startBulkEdit({
      noun: 'lead',
      filter: 'source = "fair"',
      action: 'update',
      changes: '{"source":"web"}',
    });
    // These come too late.
    await addLeads(host, 5, () => ({ source: 'fair', name: 'later' }));
    expect(await finish(host, someone, { job })).toMatchObject({ total: 50, updated: 50 });
    expect((await leads()).filter(({ source }) => source === 'fair').map(({ name }) => name)).toEqual(
      Array(5).fill('later'),
    );
  });

  it('assigns, deletes and brings back', async () => {
    const other = await host.person();
    await addLeads(host, 3, () => ({ owner_id: someone.id }));
    const all = { noun: 'lead', filter: 'name:"lead"' };
    expect(
      await finish(host, someone, await someone.jobs.startBulkEdit({ ...all, action: 'assign', ownerId: other.id })),
    ).toMatchObject({ updated: 3 });
    expect((await leads()).every(({ owner_id }) => owner_id === other.id)).toBe(true);
    expect(await finish(host, someone, await someone.jobs.startBulkEdit({ ...all, action: 'delete' }))).toMatchObject({
      updated: 3,
    });
    expect((await leads()).every(({ delete_time }) => delete_time)).toBe(true);
    expect(await finish(host, someone, await someone.jobs.startBulkEdit({ ...all, action: 'undelete' }))).toMatchObject(
      { updated: 3 },
    );
    expect((await leads()).every(({ delete_time, version }) => !delete_time && version === 4)).toBe(true);
  });

  it('says so when nothing changed', async () => {
    await addLeads(host, 2, () => ({ source: 'web' }));
    expect(
      await finish(
        host,
        someone,
        await someone.jobs.startBulkEdit({ noun: 'lead', action: 'update', changes: '{"source":"web"}' }),
      ),
    ).toMatchObject({ updated: 0, skipped: 2 });
  });

  it.each([
    ['an unknown action', { action: 'merge' }, { fields: [{ field: 'action' }] }],
    [
      'changes that are no JSON',
      { action: 'update', changes: '{' },
      { fields: [{ field: 'changes', reason: 'BAD_JSON' }] },
    ],
    ['no changes', { action: 'update', changes: '{}' }, { fields: [{ field: 'changes', reason: 'REQUIRED' }] }],
    [
      'a field that is none',
      { action: 'update', changes: '{"nme":"x"}' },
      { fields: [{ field: 'changes.nme', reason: 'UNKNOWN_FIELD' }] },
    ],
    [
      'a field that the system sets',
      { action: 'update', changes: '{"state":"LEAD_STATE_NEW"}' },
      { fields: [{ field: 'changes.state', reason: 'OUTPUT_ONLY' }] },
    ],
    [
      'an owner, who is given by assigning',
      { action: 'update', changes: `{"name":"x","ownerId":"${uuidv7()}"}` },
      { fields: [{ field: 'changes.ownerId', reason: 'USE_ASSIGN' }] },
    ],
    ['a filter that finds nothing', { action: 'delete', filter: 'name = "x"' }, { reason: 'NOTHING_SELECTED' }],
    ['a noun that is not here', { noun: 'department', action: 'delete' }, { code: 'INVALID_ARGUMENT' }],
  ])('refuses %s', async (_, request, problem) => {
    await expect(someone.jobs.startBulkEdit({ noun: 'lead', ...request })).rejects.toMatchObject(problem);
    expect(await host.database.sql.selectFrom('job').selectAll().execute()).toHaveLength(0);
  });

  it('needs the right of its action', async () => {
    const { ['lead.delete']: _, ...permissions } = everything();
    const clerk = await host.person({ permissions });
    await expect(clerk.jobs.startBulkEdit({ noun: 'lead', action: 'delete' })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      params: { permission: 'lead.delete' },
    });
  });

  it('does each record once, though its worker fails between', async () => {
    await addLeads(host, 250, () => ({}));
    const { job } = await someone.jobs.startBulkEdit({ noun: 'lead', action: 'update', changes: '{"source":"x"}' });
    let batches = 0;
    const forget = onStep('bulk.acted', () => {
      batches += 1;
      if (batches === 2) throw new Error('torn off');
    });
    await expect(host.runJob(job!.id)).rejects.toThrow('torn off');
    forget();
    expect(await finish(host, someone, { job })).toMatchObject({
      state: 'JOB_STATE_DONE',
      processed: 250,
      updated: 250,
    });
    expect((await leads()).every(({ version }) => version === 2)).toBe(true);
  });
});

describe('a transfer', () => {
  it('gives everything of one person to another', async () => {
    const [leaver, heir] = [await host.person(), await host.person()];
    await addLeads(host, 5, (index) => ({ owner_id: index < 3 ? leaver.id : someone.id }));
    expect(await someone.jobs.countOwned({ employeeId: leaver.id })).toEqual({ owned: [{ noun: 'lead', count: 3 }] });
    const job = await finish(
      host,
      someone,
      await someone.jobs.startTransfer({
        noun: 'lead',
        fromEmployeeId: leaver.id,
        toEmployeeId: heir.id,
        reason: 'left',
      }),
    );
    expect(job).toMatchObject({ kind: 'JOB_KIND_TRANSFER', total: 3, updated: 3 });
    expect(await someone.jobs.countOwned({ employeeId: leaver.id })).toEqual({ owned: [{ noun: 'lead', count: 0 }] });
    const events = (await host.database.sql.selectFrom('outbox').selectAll().execute()) as any[];
    expect(events.map(({ event }) => [event.type, event.reason])).toEqual(
      Array(3).fill(['crm.customer.lead.assigned.v1', 'left']),
    );
    await expect(
      someone.jobs.startTransfer({ noun: 'lead', fromEmployeeId: leaver.id, toEmployeeId: heir.id }),
    ).rejects.toMatchObject({ reason: 'NOTHING_SELECTED' });
  });

  it('takes the recycle bin along, so that what comes out of it is the heir’s', async () => {
    const [leaver, heir] = [await host.person(), await host.person()];
    const [, binned] = await addLeads(host, 2, (index) => ({
      owner_id: leaver.id,
      delete_time: index ? new Date('2026-03-02T02:00:00Z') : null,
    }));
    const handOver = { noun: 'lead', fromEmployeeId: leaver.id, toEmployeeId: heir.id };
    const job = await finish(host, someone, await someone.jobs.startTransfer(handOver));
    expect(job).toMatchObject({ total: 2, updated: 2, failed: 0 });
    const records = [{ id: binned!, version: 0 }];
    await finish(host, someone, await someone.jobs.startBulkEdit({ noun: 'lead', records, action: 'undelete' }));
    expect((await leads()).map(({ owner_id, delete_time }) => [owner_id, delete_time])).toEqual([
      [heir.id, null],
      [heir.id, null],
    ]);
  });
});
