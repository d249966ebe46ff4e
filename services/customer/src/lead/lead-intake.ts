import { Lead } from '@pelagic/proto/crm/customer/v1/lead';
import type { FormSubmission } from '@pelagic/proto/crm/marketing/v1/lead_form';
import { serviceCaller } from '@pelagic/chassis/caller';
import type { Consumer } from '@pelagic/chassis/consumer';
import type { Tx } from '@pelagic/chassis/database';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { sql } from 'kysely';
import type { CustomerService } from '../customer-service.ts';
import { createLead } from './lead.handlers.ts';

const ACCEPTED = 'crm.marketing.form_submission.accepted.v1';

/** Nobody's yet: of the department that the form names. Duplicates are handled inside, where the stranger hears nothing of them. */
const takeIn = async (service: CustomerService, tx: Tx, event: EventEnvelope): Promise<void> => {
  if (event.type !== ACCEPTED) return;
  const { leadId, name, company, title, phone, email, region, note, source, departmentId, campaignId } = event.data[
    'formSubmission'
  ] as FormSubmission;
  const made = await sql`select from lead where id = ${leadId!}`.execute(tx.sql);
  if (made.rows.length) return;
  const lead = Lead.fromJSON({
    name,
    company,
    title,
    phones: phone ? [phone] : [],
    emails: email ? [email] : [],
    region,
    note,
    source,
    departmentId,
    ...(campaignId && { campaignId }),
  });
  await createLead(service, tx, lead, serviceCaller('customer'), { id: leadId });
};

/** What strangers send in by forms becomes leads, each once. */
export const leadIntake = (service: CustomerService): Consumer => ({
  name: 'customer_lead-intake',
  from: 'marketing',
  subjects: ['crm.marketing.form_submission.>'],
  react: (tx, event) => takeIn(service, tx, event),
});
