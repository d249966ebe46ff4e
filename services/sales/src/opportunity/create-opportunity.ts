import type { Opportunity } from '@pelagic/proto/crm/sales/v1/opportunity';
import { carryCustom } from '@pelagic/capabilities/custom-field/carry';
import type { Message } from '@pelagic/capabilities/record/mapping';
import { newFields } from '@pelagic/capabilities/record/fields';
import { onceIn } from '@pelagic/capabilities/record/once-in';
import { ownerOf } from '@pelagic/capabilities/record/owner';
import { getRecord, insertRecord, need } from '@pelagic/capabilities/record/records';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import type { Tx } from '@pelagic/chassis/database';
import type { DirectoryEmployee } from '@pelagic/chassis/directory';
import { today } from '@pelagic/chassis/enterprise';
import { invalidField, Problem } from '@pelagic/chassis/problem';
import { sql } from 'kysely';
import { checkCustomer } from '../customer/customer.ts';
import { processForNew } from '../pipeline/pipeline.queries.ts';
import { ratesFor, type SalesService } from '../sales-service.ts';
import { writeAmount } from './amount.ts';
import { writeLines } from './deal-lines.ts';
import { opportunity, type OpportunityRow } from './opportunity.ts';
import { placeDeal, type Place } from './place-opportunity.ts';
import { firstStage, passGates, stageOf } from './stage-rules.ts';
import { enterStage } from './stage-stay.ts';
import { checkExpected, settleProbability, tidyOpportunity } from './write-opportunity.ts';

export type More = {
  /** Allocated beforehand: the same id answers what stands. */
  id?: string;
  leadId?: string;
  /** That of the lead. */
  campaignId?: string;
  /** Where an imported deal stands already. */
  place?: Place;
  /** The customer was checked before, or is yet to be made and this is a rehearsal. */
  customerKnown?: boolean;
};

/** What was made with this id before; two that come with the same one take turns. */
const madeBefore = async (tx: Tx, id: string, caller: Caller): Promise<OpportunityRow | undefined> => {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`opportunity/${id}`}, 0))`.execute(tx.sql);
  const { rows } = await sql`select from opportunity where id = ${id}`.execute(tx.sql);
  if (!rows.length) return undefined;
  try {
    return await getRecord<OpportunityRow>(tx.sql, opportunity, id, caller, { deleted: false });
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'NOT_FOUND') throw error;
    throw new Problem('ALREADY_EXISTS', 'ID_TAKEN', 'Another opportunity has this id, or one that was deleted.', {
      fields: [{ field: 'id', reason: 'ID_TAKEN', message: 'This id is taken.' }],
    });
  }
};

/** Whose deal it becomes: theirs who enter it unless they give it to somebody else. */
const dealOwner = async (
  { directory }: SalesService,
  tx: Tx,
  message: Opportunity,
  caller: Caller,
): Promise<DirectoryEmployee> => {
  const id = message.ownerId || (caller.kind === 'service' ? '' : caller.id);
  if (!id) throw invalidField('opportunity.ownerId', 'REQUIRED', 'A service has to say whose deal it is.');
  if (id !== caller.id) need(caller, 'opportunity.assign');
  const owner = await ownerOf(directory, tx, id, 'opportunity.ownerId', caller);
  if (message.departmentId && message.departmentId !== owner.departmentId)
    throw invalidField(
      'opportunity.departmentId',
      'DEPARTMENT_OF_OWNER',
      'A deal belongs to the department of its owner.',
    );
  return owner;
};

const newRow = async (service: SalesService, tx: Tx, message: Opportunity, caller: Caller): Promise<OpportunityRow> => {
  const row = (await newFields(tx, opportunity, message as unknown as Message, caller)) as unknown as OpportunityRow;
  tidyOpportunity(row);
  const owner = await dealOwner(service, tx, message, caller);
  Object.assign(row, {
    owner_id: owner.id,
    department_id: owner.departmentId,
    create_date: today(),
    stage_time: now().toISOString(),
    state: 'OPPORTUNITY_STATE_OPEN',
    close_date: null,
    last_stage_id: null,
    checked_items: [],
  });
  row.amount = row.currency = row.base_amount = row.rate_date = null;
  return row;
};

/** Enters a deal: for the importer, the conversion of leads and the handler alike. */
export const createOpportunity = async (
  service: SalesService,
  tx: Tx,
  message: Opportunity,
  caller: Caller,
  { id, leadId, campaignId, place, customerKnown }: More = {},
): Promise<OpportunityRow> => {
  const made = id ? await madeBefore(tx, id, caller) : undefined;
  if (made) return made;
  // What a lead brings along is what it had: sales takes what it has a field for.
  const custom = leadId ? await carryCustom(tx, opportunity, message.custom, caller) : message.custom;
  const row = await newRow(service, tx, { ...message, custom }, caller);
  if (row.customer_id && !customerKnown) await checkCustomer(service.customers, tx, row.customer_id);
  const asked = {
    pipelineId: message.pipelineId,
    departmentId: row.department_id,
    imported: caller.imported ?? false,
  };
  const process = await onceIn(tx, `process/${Object.values(asked).join('/')}`, () => processForNew(tx.sql, asked));
  Object.assign(row, {
    pipeline_id: process.pipelineId,
    pipeline_revision: process.revision,
    stage_id: place ? '' : firstStage(process).id,
  });
  if (place) placeDeal(row, process, place, caller);
  const stage = stageOf(process, row.stage_id)!;
  const terms = { date: row.close_date ?? row.create_date, rates: ratesFor(service) };
  await writeLines(tx, row, message.lines, [], terms);
  if (!row.lines.length || message.amount?.amount) await writeAmount(row, message.amount, terms.date, terms.rates);
  settleProbability(row, stage, message.probability > 0 || row.probability_reason !== '');
  if (!caller.imported) {
    checkExpected(row.expected_close_date);
    passGates(row, process, undefined, stage);
  } else if (row.state === 'OPPORTUNITY_STATE_WON' && row.amount === null)
    throw invalidField('opportunity.amount', 'REQUIRED', 'A deal that was won has an amount.');
  const number = await service.number('opportunity');
  const created = await insertRecord<OpportunityRow>(
    tx,
    opportunity,
    {
      ...(row as unknown as Row),
      number,
      ...(id && { id }),
      ...(leadId && { lead_id: leadId }),
      ...(campaignId && { campaign_id: campaignId }),
    },
    caller,
  );
  await enterStage(tx, created, stage);
  return created;
};
