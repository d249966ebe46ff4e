import { forgetDefinitions } from '@pelagic/capabilities/custom-field/definitions';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { runAs } from '@pelagic/chassis/testing/callers';
import { Lead } from '@pelagic/proto/crm/customer/v1/lead';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everything, LIST, startCustomerService } from '../testing.ts';
import { createLead } from './lead.handlers.ts';

let started: Awaited<ReturnType<typeof startCustomerService>>;
let manager: Awaited<ReturnType<typeof started.person>>;

beforeAll(async () => {
  started = await startCustomerService();
  manager = await started.person({ permissions: everything('ALL') });
  for (const [slug, kind] of [
    ['engineer', 'EMPLOYEE'],
    ['partner', 'EMPLOYEE'],
    ['hobby', 'TEXT'],
  ])
    await started.database.sql
      .insertInto('custom_field')
      .values({
        noun: 'lead',
        slug,
        label: slug,
        kind: `CUSTOM_FIELD_KIND_${kind}`,
        version: 1,
        create_time: new Date(),
        update_time: new Date(),
      })
      .execute();
  forgetDefinitions('lead');
});
afterAll(() => started.stop());

const draft = (custom: object): Lead => Lead.fromJSON({ name: '王小明', phones: ['13800138000'], custom });
const create = async (custom: object) =>
  (await manager.leads.createLead({ lead: draft(custom), requestId: '', validateOnly: false })).lead!;
const update = (id: string, custom: object, updateMask = Object.keys(custom).map((slug) => `custom.${slug}`)) =>
  manager.leads.updateLead({ id, lead: draft(custom), updateMask });
const person = async (state = 'EMPLOYEE_STATE_ACTIVE') => {
  const { id } = await started.person({ permissions: {} });
  await started.database.sql.updateTable('directory_employee').set({ state }).where('id', '=', id).execute();
  return id;
};
const leave = (id: string) =>
  sql`update directory_employee set state = 'EMPLOYEE_STATE_LEFT' where id = ${id}`.execute(started.database.sql);
const named = (slug: string, reason: string) => ({ fields: [{ field: `lead.custom.${slug}`, reason }] });

describe('a custom field that names a person', () => {
  it('takes nobody who is not there, and nobody anew who has left', async () => {
    const [nobody, gone, here] = [uuidv7(), await person('EMPLOYEE_STATE_LEFT'), await person()];
    await expect(create({ engineer: { employeeId: nobody } })).rejects.toMatchObject(
      named('engineer', 'UNKNOWN_EMPLOYEE'),
    );
    await expect(create({ engineer: { employeeId: gone } })).rejects.toMatchObject(named('engineer', 'EMPLOYEE_LEFT'));
    const lead = await create({ engineer: { employeeId: here } });
    await expect(update(lead.id, { engineer: { employeeId: nobody } })).rejects.toMatchObject(
      named('engineer', 'UNKNOWN_EMPLOYEE'),
    );
    await expect(update(lead.id, { partner: { employeeId: gone } })).rejects.toMatchObject(
      named('partner', 'EMPLOYEE_LEFT'),
    );
  });

  it('keeps whom it names already when they leave', async () => {
    const [leaver, here] = [await person(), await person()];
    const { id } = await create({ engineer: { employeeId: leaver } });
    await leave(leaver);
    const { lead } = await update(id, { engineer: { employeeId: leaver }, partner: { employeeId: here } });
    expect(lead!.custom['engineer']!.value).toEqual({ $case: 'employeeId', value: leaver });
    expect((await update(id, {}, ['custom.engineer'])).lead!.custom['engineer']).toBeUndefined();
    await expect(update(id, { engineer: { employeeId: leaver } })).rejects.toMatchObject(
      named('engineer', 'EMPLOYEE_LEFT'),
    );
  });

  it('may name in history who has left, but nobody who never was', async () => {
    const gone = await person('EMPLOYEE_STATE_LEFT');
    const caller = { ...(await started.callers.identify(manager.token)), imported: true };
    const bring = (employeeId: string) =>
      runAs(caller, () =>
        started.database.transact((tx) => createLead(started.service, tx, draft({ engineer: { employeeId } }), caller)),
      );
    await expect(bring(gone)).resolves.toMatchObject({ custom: { engineer: { employeeId: gone } } });
    await expect(bring(uuidv7())).rejects.toMatchObject(named('engineer', 'UNKNOWN_EMPLOYEE'));
  });
});

describe('a retired custom field', () => {
  it('is in no answer any more, and comes back with its values', async () => {
    const retire = async (retired: boolean) => {
      await started.database.sql.updateTable('custom_field').set({ retired }).where('slug', '=', 'hobby').execute();
      forgetDefinitions('lead');
    };
    const { id } = await create({ hobby: { text: '登山' }, engineer: { employeeId: manager.id } });
    const shown = async () => {
      const [{ lead }, { leads }] = await Promise.all([
        manager.leads.getLead({ id }),
        manager.leads.listLeads({ ...LIST, filter: `id = "${id}"` }),
      ]);
      return [lead!, leads[0]!].map(({ custom }) => Object.keys(custom).toSorted());
    };
    expect(await shown()).toEqual([
      ['engineer', 'hobby'],
      ['engineer', 'hobby'],
    ]);
    await retire(true);
    expect(await shown()).toEqual([['engineer'], ['engineer']]);
    expect((await update(id, {}, ['custom.engineer'])).lead!.custom).toEqual({});
    await retire(false);
    expect(await shown()).toEqual([['hobby'], ['hobby']]);
  });
});
