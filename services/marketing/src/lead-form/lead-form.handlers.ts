import { randomBytes } from 'node:crypto';
import { LeadFormServiceService, type LeadForm } from '@pelagic/proto/crm/marketing/v1/lead_form';
import { reviewSubmission } from '@pelagic/capabilities/public-form/settle';
import { newFields, writeFields } from '@pelagic/capabilities/record/fields';
import { listRecords } from '@pelagic/capabilities/record/list';
import type { Message, Row } from '@pelagic/capabilities/record/mapping';
import { changeRecord, getRecord, insertRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { once } from '@pelagic/chassis/once';
import { invalidField } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql } from 'kysely';
import { campaign } from '../campaign/campaign.ts';
import type { MarketingService } from '../marketing-service.ts';
import { submission, submissionMessage, submissions, type SubmissionRow } from '../submission/submission.ts';
import { leadForm, leadFormMessage, moveForm, tidyForm, type LeadFormRow, type LeadFormState } from './lead-form.ts';

/** People look at forms one by one. */
const FORMS_MAX = 200;
/** Characters are half a byte. */
const KEY_BYTES = 16;
const SECRET_BYTES = 32;

/** The campaign is the caller's to see, the department one that is open. */
const checkReferences = async (
  tx: Tx,
  row: Pick<LeadFormRow, 'campaign_id' | 'department_id'>,
  before: Pick<LeadFormRow, 'campaign_id' | 'department_id'> | undefined,
  caller: Caller,
): Promise<void> => {
  if (row.campaign_id && row.campaign_id !== before?.campaign_id)
    await getRecord(tx.sql, campaign, row.campaign_id, caller, { deleted: false }).catch(() => {
      throw invalidField(
        'leadForm.campaignId',
        'UNKNOWN_CAMPAIGN',
        'There is no such campaign, or it is not yours to see.',
      );
    });
  if (!row.department_id)
    throw invalidField('leadForm.departmentId', 'REQUIRED', 'Say whose leads will come of the form.');
  if (row.department_id === before?.department_id) return;
  const { rows } =
    await sql`select from directory_department where id = ${row.department_id} and closed_date is null`.execute(tx.sql);
  if (!rows.length) throw invalidField('leadForm.departmentId', 'UNKNOWN_DEPARTMENT', 'There is no such department.');
};

const createForm = async (tx: Tx, message: LeadForm, caller: Caller): Promise<LeadFormRow> => {
  const row = (await newFields(tx, leadForm, message as unknown as Message, caller)) as unknown as LeadFormRow;
  row.department_id = message.departmentId || caller.grants?.departmentId || '';
  tidyForm(row);
  await checkReferences(tx, row, undefined, caller);
  return insertRecord<LeadFormRow>(
    tx,
    leadForm,
    {
      ...(row as unknown as Row),
      state: 'LEAD_FORM_STATE_DRAFT',
      public_key: randomBytes(KEY_BYTES).toString('hex'),
      ticket_secret: randomBytes(SECRET_BYTES).toString('hex'),
    },
    caller,
  );
};

const updateForm = (tx: Tx, id: string, message: LeadForm, mask: string[], caller: Caller): Promise<LeadFormRow> =>
  changeRecord<LeadFormRow>(
    tx,
    leadForm,
    id,
    caller,
    { action: 'manage', verb: 'updated', version: message.version },
    async (row) => {
      const before = { ...row };
      const written = mask.filter((path) => path !== 'departmentId' && path !== 'department_id');
      if (written.length || !mask.length)
        await writeFields(tx, leadForm, row as unknown as Row, message as unknown as Message, caller, written);
      // Not whose the form is, but whose its leads become.
      if (written.length < mask.length) row.department_id = message.departmentId;
      tidyForm(row);
      await checkReferences(tx, row, before, caller);
    },
  );

export const leadFormHandlers = (service: MarketingService): Handlers<LeadFormServiceService> => {
  const { database } = service;
  const answer = async (row: Promise<LeadFormRow>) => ({ leadForm: leadFormMessage(await row) });
  return {
    createLeadForm: (request, caller) =>
      database.transact((tx) =>
        once(tx, caller, LeadFormServiceService.createLeadForm, request, () =>
          answer(createForm(tx, request.leadForm!, caller)),
        ),
      ),
    getLeadForm: ({ id }, caller) => answer(getRecord<LeadFormRow>(database.sql, leadForm, id, caller)),
    listLeadForms: async ({ campaignId }) => {
      const { rows } = await sql<LeadFormRow>`
        select * from lead_form where ${campaignId || null}::uuid is null or campaign_id = ${campaignId || null}::uuid
        order by create_time desc, id desc limit ${FORMS_MAX}`.execute(database.sql);
      return { leadForms: rows.map(leadFormMessage) };
    },
    updateLeadForm: ({ id, leadForm: message, updateMask }, caller) =>
      answer(database.transact((tx) => updateForm(tx, id, message!, updateMask ?? [], caller))),
    setLeadFormState: ({ id, state, version }, caller) =>
      answer(
        database.transact((tx) =>
          changeRecord<LeadFormRow>(
            tx,
            leadForm,
            id,
            caller,
            { action: 'manage', verb: 'state_changed', version },
            (row) => moveForm(row, state as LeadFormState),
          ),
        ),
      ),
    listFormSubmissions: async (request, caller) => {
      const { rows, ...page } = await listRecords<SubmissionRow>(
        database.sql,
        submission,
        { ...request, deleted: false },
        caller,
      );
      return { formSubmissions: rows.map(submissionMessage), ...page };
    },
    reviewFormSubmission: async ({ id, accept, version }, caller) => ({
      formSubmission: submissionMessage(
        await database.transact((tx) => reviewSubmission(submissions, tx, id, { accepted: accept, version }, caller)),
      ),
    }),
  };
};
