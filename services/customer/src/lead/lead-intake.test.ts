import { forgetDefinitions } from '@pelagic/capabilities/custom-field/definitions';
import { handleBatch } from '@pelagic/chassis/inbox';
import { uuidv7, type EventEnvelope } from '@pelagic/chassis/outbox';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCustomerService } from '../testing.ts';
import { leadIntake } from './lead-intake.ts';

let started: Awaited<ReturnType<typeof startCustomerService>>;
beforeAll(async () => {
  started = await startCustomerService();
});
afterAll(() => started.stop());

const [submission, leadId, campaignId, departmentId] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];

const told = (verb: string, version: number): EventEnvelope => ({
  specversion: '1.0',
  id: uuidv7(),
  source: '/crm/marketing',
  type: `crm.marketing.form_submission.${verb}.v1`,
  subject: submission,
  time: '2026-03-02T01:00:00.000Z',
  recordedtime: new Date().toISOString(),
  datacontenttype: 'application/json',
  sequence: String(version),
  noun: 'form_submission',
  actorid: '',
  actorkind: 'service',
  businessdate: '2026-03-02',
  data: {
    formSubmission: {
      id: submission,
      name: '李雷',
      phone: '+8613800138000',
      email: '',
      company: '深海科技',
      title: '',
      region: '',
      note: '请联系我',
      source: '官网表单',
      departmentId,
      campaignId,
      leadId,
    },
  },
});

const take = (...events: EventEnvelope[]) =>
  handleBatch({ service: 'customer', database: started.database }, leadIntake(started.service), events);

it('makes one lead of what was accepted, of its campaign and department, however often it hears of it', async () => {
  const leads = () => started.database.sql.selectFrom('lead').selectAll().execute();
  await take(told('received', 1));
  expect(await leads()).toEqual([]);
  const accepted = told('accepted', 2);
  await take(accepted);
  await take(accepted);
  expect(await leads()).toMatchObject([
    {
      id: leadId,
      name: '李雷',
      phones: ['+8613800138000'],
      source: '官网表单',
      campaign_id: campaignId,
      department_id: departmentId,
      owner_id: null,
      state: 'LEAD_STATE_NEW',
    },
  ]);
  expect((await started.events(leadId)).map(({ subject }) => subject)).toEqual(['crm.customer.lead.created.v1']);
});

it('loses nobody to a field that only a colleague can fill in', async () => {
  await sql`
    insert into custom_field (noun, slug, label, kind, required, version, create_time, update_time)
    values ('lead', 'budget', '年度采购', 'CUSTOM_FIELD_KIND_TEXT', true, 1, now(), now())`.execute(
    started.database.sql,
  );
  forgetDefinitions('lead');
  const accepted = told('accepted', 1);
  const id = uuidv7();
  Object.assign(accepted.data['formSubmission'] as object, { leadId: id });
  await take({ ...accepted, subject: uuidv7() });
  const made = await started.database.sql.selectFrom('lead').select('name').where('id', '=', id).execute();
  expect(made).toEqual([{ name: '李雷' }]);
});
