import { Lead } from '@pelagic/proto/crm/customer/v1/lead';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runAs } from '@pelagic/chassis/testing/callers';
import { everything, LIST, startCustomerService } from '../testing.ts';
import { createLead } from './lead.handlers.ts';

type Started = Awaited<ReturnType<typeof startCustomerService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let manager: Person;

const draft = (fields: object): Lead => Lead.fromJSON({ name: '王小明', phones: ['13800138000'], ...fields });
const create = async (person: Person, fields: object = {}) =>
  (await person.leads.createLead({ lead: draft(fields), requestId: '', validateOnly: false })).lead!;
const list = (person: Person, fields: object) => person.leads.listLeads({ ...LIST, ...fields });

beforeAll(async () => {
  started = await startCustomerService();
  manager = await started.person({ permissions: everything('ALL') });
});
afterAll(() => started.stop());

describe('entering a lead', () => {
  it('normalises phones, mails and names, numbers it and tells of it', async () => {
    const lead = await create(manager, {
      name: '  王  小明 ',
      phones: ['138 0013 8000', '+8613800138000'],
      emails: ['Wang@Example.COM'],
    });
    expect(lead).toMatchObject({
      name: '王 小明',
      phones: ['+8613800138000'],
      emails: ['wang@example.com'],
      state: 'LEAD_STATE_NEW',
      version: 1,
    });
    expect(lead.number).toMatch(/^LEAD-\d{4}-\d{6}$/);
    const [told] = await started.events(lead.id);
    expect(told?.subject).toBe('crm.customer.lead.created.v1');
    expect(told?.event).toMatchObject({
      specversion: '1.0',
      sequence: '1',
      actorid: manager.id,
      data: { lead: { id: lead.id, phones: ['+8613800138000'] } },
    });
  });

  it('refuses one that nobody could reach, naming the field', async () => {
    await expect(create(manager, { phones: [] })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      fields: [{ field: 'lead.phones', reason: 'PHONE_OR_EMAIL_REQUIRED' }],
    });
    await expect(create(manager, { phones: ['+86 1'] })).rejects.toMatchObject({
      fields: [{ field: 'lead.phones[0]' }],
    });
    await expect(create(manager, { name: 'x'.repeat(201) })).rejects.toMatchObject({
      fields: [{ field: 'lead.name', reason: 'TOO_LONG' }],
    });
  });

  it('is theirs who would not see it otherwise, and nobody’s for who sees those of nobody', async () => {
    const seller = await started.person({ permissions: everything('SUBORDINATES') });
    const own = await create(seller);
    expect(own).toMatchObject({ ownerId: seller.id, state: 'LEAD_STATE_ASSIGNED' });
    expect((await seller.leads.getLead({ id: own.id })).lead?.id).toBe(own.id);
    const clerk = await started.person({ permissions: everything('DEPARTMENT') });
    expect(await create(clerk)).toMatchObject({ state: 'LEAD_STATE_NEW' });
  });

  it('gives 100 at once 100 numbers', async () => {
    const leads = await Promise.all(Array.from({ length: 100 }, () => create(manager)));
    expect(new Set(leads.map(({ number }) => number)).size).toBe(100);
  });

  it('answers a repeated request id with the same lead, and refuses it for another request', async () => {
    const request = { lead: draft({ name: 'Once' }), requestId: 'r-1', validateOnly: false };
    const answers = await Promise.all(Array.from({ length: 10 }, () => manager.leads.createLead(request)));
    expect(new Set(answers.map(({ lead }) => lead!.id)).size).toBe(1);
    await expect(manager.leads.createLead({ ...request, lead: draft({ name: 'Twice' }) })).rejects.toMatchObject({
      reason: 'IDEMPOTENCY_KEY_REUSED',
    });
  });

  it('answers a repeated request id as the person may see the lead by then', async () => {
    const before = await started.person({ permissions: everything('OWN') });
    const request = { lead: draft({ note: 'secret' }), requestId: 'r-2', validateOnly: false };
    expect((await before.leads.createLead(request)).lead).toMatchObject({ phones: ['+8613800138000'], note: 'secret' });
    const rights = { permissions: everything('OWN'), fields: { lead: { masked: ['phones'], hidden: ['note'] } } };
    const today = await started.person({ id: before.id, ...rights });
    expect((await today.leads.createLead(request)).lead).toMatchObject({ phones: ['+86138****8000'], note: '' });
    const barred = await started.person({ id: before.id, permissions: { 'lead.read': 'OWN' } });
    await expect(barred.leads.createLead(request)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  it('only tells what would come of it when asked to validate', async () => {
    const { lead } = await manager.leads.createLead({
      lead: draft({ name: 'Rehearsed' }),
      requestId: '',
      validateOnly: true,
    });
    await expect(manager.leads.getLead({ id: lead!.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('changing a lead', () => {
  it('tells the fields before, and nothing when nothing changed', async () => {
    const lead = await create(manager, { company: 'A' });
    const update = (company: string) =>
      manager.leads.updateLead({ id: lead.id, lead: draft({ company }), updateMask: ['company'] });
    expect((await update('B')).lead).toMatchObject({ company: 'B', version: 2 });
    expect((await update('B')).lead!.version).toBe(2);
    const events = await started.events(lead.id);
    expect(events.map(({ version }) => version)).toEqual([1, 2]);
    expect(events[1]?.event.data.before).toEqual({ company: 'A' });
  });

  it('lets one of two win who save the same version, and tells the other', async () => {
    const lead = await create(manager);
    const saves = await Promise.allSettled(
      ['one', 'two'].map((company) =>
        manager.leads.updateLead({ id: lead.id, lead: { ...draft({ company }), version: 1 }, updateMask: ['company'] }),
      ),
    );
    expect(saves.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(saves.find((save) => save.status === 'rejected')?.reason).toMatchObject({
      code: 'ABORTED',
      reason: 'VERSION_STALE',
      params: { version: '2' },
    });
  });

  it('moves along its states and asks why it is given up', async () => {
    const lead = await create(manager, { ownerId: manager.id });
    expect(lead.state).toBe('LEAD_STATE_ASSIGNED');
    const set = (state: 'LEAD_STATE_INVALID' | 'LEAD_STATE_QUALIFIED' | 'LEAD_STATE_NEW', reason = '') =>
      manager.leads.setLeadState({ id: lead.id, state, reason, version: 0 });
    await expect(set('LEAD_STATE_INVALID')).rejects.toMatchObject({
      fields: [{ field: 'reason', reason: 'REQUIRED' }],
    });
    await expect(set('LEAD_STATE_NEW')).rejects.toMatchObject({ reason: 'LEAD_STATE_NOT_NEXT' });
    expect((await set('LEAD_STATE_QUALIFIED')).lead!.state).toBe('LEAD_STATE_QUALIFIED');
  });

  it('goes into the recycle bin and comes back', async () => {
    const lead = await create(manager, { name: 'Bin' });
    await manager.leads.deleteLead({ id: lead.id, version: 0 });
    expect((await list(manager, { query: 'bin', filter: `id = "${lead.id}"` })).leads).toEqual([]);
    expect((await list(manager, { deleted: true, filter: `id = "${lead.id}"` })).leads).toHaveLength(1);
    const back = await manager.leads.undeleteLead({ id: lead.id });
    expect(back.lead).toMatchObject({ version: 3, deleteTime: undefined });
  });
});

describe('whose leads', () => {
  it('shows own ones, shared ones and those of the department, and hides that others exist', async () => {
    const mine = await started.person({ permissions: everything('OWN') });
    const other = await started.person({ permissions: everything('OWN') });
    const head = await started.person({ permissions: everything('DEPARTMENT'), departmentId: mine.departmentId });
    const lead = await create(mine, { ownerId: mine.id });
    expect((await head.leads.getLead({ id: lead.id })).lead!.id).toBe(lead.id);
    await expect(other.leads.getLead({ id: lead.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(
      other.leads.updateLead({ id: lead.id, lead: draft({ company: 'X' }), updateMask: ['company'] }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const shares = (access: 'SHARE_ACCESS_READ' | 'SHARE_ACCESS_WRITE') => [
      { employeeId: other.id, access, endTime: undefined },
    ];
    await mine.leads.shareLead({ id: lead.id, shares: shares('SHARE_ACCESS_READ'), version: 0 });
    expect((await list(other, {})).leads.map(({ id }) => id)).toEqual([lead.id]);
    await expect(
      other.leads.updateLead({ id: lead.id, lead: draft({ company: 'X' }), updateMask: ['company'] }),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await mine.leads.shareLead({ id: lead.id, shares: shares('SHARE_ACCESS_WRITE'), version: 0 });
    expect(
      (await other.leads.updateLead({ id: lead.id, lead: draft({ company: 'X' }), updateMask: ['company'] })).lead!
        .company,
    ).toBe('X');
    await sql`update share set end_time = now() where record_id = ${lead.id}`.execute(started.database.sql);
    await expect(other.leads.getLead({ id: lead.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('are shared with people who are active, until a time to come; who left meanwhile may stay in the list', async () => {
    const [mate, gone] = [await started.person({ permissions: {} }), await started.person({ permissions: {} })];
    const lead = await create(manager);
    const share = (...people: [id: string, endTime?: string][]) =>
      manager.leads.shareLead({
        id: lead.id,
        shares: people.map(([employeeId, endTime]) => ({ employeeId, access: 'SHARE_ACCESS_READ', endTime })),
        version: 0,
      });
    await share([gone.id]);
    await sql`update directory_employee set state = 'EMPLOYEE_STATE_LEFT' where id = ${gone.id}`.execute(
      started.database.sql,
    );
    const later = new Date(Date.now() + 60_000).toISOString();
    expect((await share([gone.id], [mate.id, later])).lead!.shares).toHaveLength(2);
    expect((await share([gone.id], [mate.id, later])).lead!.version).toBe(3);
    await expect(share([mate.id, '2020-01-01T00:00:00Z'], [gone.id, later])).rejects.toMatchObject({
      fields: [
        { field: 'shares[0].endTime', reason: 'SHARE_ENDED' },
        { field: 'shares[1].employeeId', reason: 'EMPLOYEE_NOT_ACTIVE' },
      ],
    });
  });

  it('shows nothing of a time or a choice that is masked', async () => {
    const clerk = await started.person({
      permissions: everything('ALL'),
      fields: { lead: { masked: ['createTime', 'state', 'source'] } },
    });
    const { id } = await create(manager, { name: 'Covered', source: 'fair' });
    const { leads } = await list(clerk, { query: 'covered' });
    expect(leads).toMatchObject([{ id, createTime: undefined, state: 'LEAD_STATE_UNSPECIFIED', source: '***' }]);
  });

  it('masks and hides fields, and neither searches nor sorts by them', async () => {
    const clerk = await started.person({
      permissions: everything('ALL'),
      fields: { lead: { masked: ['phones'], hidden: ['note'] } },
    });
    const lead = await create(manager, { name: 'Masked', phones: ['13912345678'], note: 'secret' });
    expect((await clerk.leads.getLead({ id: lead.id })).lead).toMatchObject({ phones: ['+86139****5678'], note: '' });
    expect((await list(clerk, { query: '13912345678' })).leads).toEqual([]);
    expect((await list(manager, { query: '1391234' })).leads).toHaveLength(1);
    await expect(list(clerk, { filter: 'phones:"139"' })).rejects.toMatchObject({
      fields: [{ reason: 'UNKNOWN_FIELD' }],
    });
    await expect(list(clerk, { orderBy: 'note desc' })).rejects.toMatchObject({ fields: [{ field: 'orderBy' }] });
    await expect(
      clerk.leads.updateLead({ id: lead.id, lead: draft({ note: 'x' }), updateMask: ['note'] }),
    ).rejects.toMatchObject({ fields: [{ reason: 'FIELD_NOT_WRITABLE' }] });
  });
});

describe('an owner who left', () => {
  it('keeps the leads that history brings, and is given no new ones', async () => {
    const { database, service, callers } = started;
    const leaver = await started.person({ permissions: {} });
    await database.sql
      .updateTable('directory_employee')
      .set({ state: 'EMPLOYEE_STATE_LEFT' })
      .where('id', '=', leaver.id)
      .execute();
    const entered = async (imported: boolean) => {
      const caller = { ...(await callers.identify(manager.token)), imported };
      const lead = draft({ ownerId: leaver.id });
      return runAs(caller, () => database.transact((tx) => createLead(service, tx, lead, caller)));
    };
    await expect(entered(true)).resolves.toMatchObject({ owner_id: leaver.id });
    await expect(entered(false)).rejects.toMatchObject({
      fields: [{ field: 'lead.ownerId', reason: 'EMPLOYEE_NOT_ACTIVE' }],
    });
  });
});
