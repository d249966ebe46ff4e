import type { Opportunity } from '@pelagic/proto/crm/sales/v1/opportunity';
import type { Stage } from '@pelagic/proto/crm/sales/v1/pipeline';
import type { ImportTarget, RowKey } from '@pelagic/capabilities/job/import-target';
import type { Message } from '@pelagic/capabilities/record/mapping';
import { onceIn } from '@pelagic/capabilities/record/once-in';
import { lockRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { invalidField } from '@pelagic/chassis/problem';
import { sql, type Kysely } from 'kysely';
import { checkCustomer } from '../customer/customer.ts';
import { activePipelines, findPipeline, processOf, processWithStage } from '../pipeline/pipeline.queries.ts';
import type { SalesService } from '../sales-service.ts';
import { createOpportunity } from './create-opportunity.ts';
import { giveOpportunity } from './give-opportunity.ts';
import { moveOpportunity } from './move-opportunity.ts';
import { OPPORTUNITY_COLUMNS } from './opportunity-columns.ts';
import { opportunity, type OpportunityRow } from './opportunity.ts';
import { placeOpportunity, type Place } from './place-opportunity.ts';
import { stateIn } from './stage-rules.ts';
import { updateOpportunity } from './write-opportunity.ts';

/** What says where the deal stands; everything else is written as by hand. */
const PLACE = new Set(['stageId', 'state', 'closeDate', 'lostReason', 'closeNote']);

const stageFor = (stages: Stage[], { stageId, state }: Partial<Opportunity>): Stage | undefined => {
  const wanted = state === 'OPPORTUNITY_STATE_UNSPECIFIED' ? undefined : state;
  if (!stageId) return stages.find((stage) => stateIn(stage) === wanted);
  const stage = stages.find(({ id }) => id === stageId);
  if (stage && wanted && stateIn(stage) !== wanted)
    throw invalidField('opportunity.state', 'STATE_OF_STAGE', 'Stage and state of this row do not fit each other.', {
      stage: stage.name,
    });
  return stage;
};

/** Where the row says that the deal stands; undefined when it says nothing. `stages` are those of its pipeline. */
const placeOf = (stages: Stage[], message: Opportunity): Place | undefined => {
  const { stageId, state, closeDate, lostReason, closeNote } = message;
  const stated = stageId || (state && state !== 'OPPORTUNITY_STATE_UNSPECIFIED');
  if (!stated && !closeDate && !lostReason && !closeNote) return undefined;
  const stage = stated ? stageFor(stages, message) : undefined;
  if (stated && !stage)
    throw invalidField('opportunity.stageId', 'UNKNOWN_STAGE', 'The pipeline of this deal has no such stage.');
  return {
    ...(stage && { stageId: stage.id }),
    ...(closeDate && { closeDate }),
    ...(lostReason && { lostReason }),
    ...(closeNote && { closeNote }),
  };
};

const nameKey = (name: string, customerId: string | null | undefined): string =>
  `${customerId ?? ''}/${name.trim().toLowerCase()}`;

const find = async (tx: Tx, keys: RowKey[]): Promise<string[]> => {
  const values = (kind: string) => keys.filter((key) => key.kind === kind).map(({ value }) => value);
  const { rows } = await sql<{ id: string }>`
    select id from opportunity where delete_time is null and external_id <> '' and external_id = any(${values('external')}::text[])
    union select id from opportunity where delete_time is null and coalesce(customer_id::text, '') || '/' || lower(name) = any(${values('name')}::text[]) limit 10`.execute(
    tx.sql,
  );
  return rows.map(({ id }) => id);
};

/** The pipeline that the row means: the one it names, that of its stage, or, for a state alone, the default one. */
const pipelineOf = async (
  db: Kysely<any>,
  { pipelineId, stageId, state }: Opportunity,
): Promise<{ id: string; stages: Stage[] } | undefined> => {
  if (pipelineId) return findPipeline(db, pipelineId);
  const process = stageId ? await processWithStage(db, stageId) : undefined;
  if (process) return { id: process.pipelineId, stages: process.stages };
  return state === 'OPPORTUNITY_STATE_UNSPECIFIED' ? undefined : (await activePipelines(db)).find((row) => row.default);
};

const create = async (service: SalesService, tx: Tx, message: Opportunity, caller: Caller): Promise<string> => {
  const { customerId, pipelineId, stageId, state } = message;
  if (customerId)
    await onceIn(tx, `customer/${customerId}`, () => checkCustomer(service.customers, tx, customerId, caller));
  const pipeline = await onceIn(tx, `pipeline/${pipelineId}/${stageId}/${state}`, () => pipelineOf(tx.sql, message));
  const place = placeOf(pipeline?.stages ?? [], message);
  const row = await createOpportunity(
    service,
    tx,
    { ...message, pipelineId: pipeline?.id ?? message.pipelineId },
    caller,
    { customerKnown: true, ...(place && { place }) },
  );
  return row.id;
};

/** Only what differs, so that a row that says nothing new needs no right and tells nothing. */
const updatePlace = async (
  service: SalesService,
  tx: Tx,
  row: OpportunityRow,
  message: Opportunity,
  caller: Caller,
): Promise<void> => {
  const place = placeOf((await processOf(tx.sql, row)).stages, message);
  if (!place) return;
  if (caller.imported) await placeOpportunity(service, tx, row.id, place, caller);
  else if (place.stageId && place.stageId !== row.stage_id) {
    await moveOpportunity(
      service,
      tx,
      row.id,
      {
        stageId: place.stageId,
        version: 0,
        reason: '',
        opportunity: undefined,
        updateMask: undefined,
        lostReason: place.lostReason ?? '',
        closeNote: place.closeNote ?? '',
      },
      caller,
    );
  }
};

const update = async (
  service: SalesService,
  tx: Tx,
  id: string,
  message: Opportunity,
  mask: string[],
  caller: Caller,
): Promise<void> => {
  const row = await lockRecord<OpportunityRow>(tx, opportunity, id, caller, { action: 'update' });
  if (mask.includes('customerId') && message.customerId && message.customerId !== row.customer_id)
    await checkCustomer(service.customers, tx, message.customerId, caller);
  const written = mask.filter((path) => !PLACE.has(path) && path !== 'ownerId');
  if (written.length) await updateOpportunity(service, tx, id, { ...message, version: 0 }, written, caller);
  if (mask.includes('ownerId') && message.ownerId !== row.owner_id)
    await giveOpportunity(service, tx, id, message.ownerId, caller, { field: 'opportunity.ownerId' });
  if (mask.some((path) => PLACE.has(path))) await updatePlace(service, tx, row, message, caller);
};

/** Deals as files bring them: history with its own dates and closed where it was closed, everything else under today's rules. */
export const opportunityImport = (service: SalesService): ImportTarget => ({
  noun: 'opportunity',
  fields: OPPORTUNITY_COLUMNS,
  keys: (message: Message) => [
    { kind: 'name', value: nameKey(message['name'] as string, message['customerId'] as string | undefined) },
  ],
  keyFields: { name: ['name', 'customerId'] },
  find,
  findsMany: true,
  create: (tx, message, caller) => create(service, tx, message as unknown as Opportunity, caller),
  update: (tx, id, message, mask, caller) => update(service, tx, id, message as unknown as Opportunity, mask, caller),
});
