import type { Opportunity } from '@pelagic/proto/crm/sales/v1/opportunity';
import type { Stage } from '@pelagic/proto/crm/sales/v1/pipeline';
import { sameValue, type Message, type Row } from '@pelagic/capabilities/record/mapping';
import { writablePaths, writeFields } from '@pelagic/capabilities/record/fields';
import { changeRecord } from '@pelagic/capabilities/record/records';
import { tidyName } from '@pelagic/capabilities/record/tidy';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { today } from '@pelagic/chassis/enterprise';
import { invalid, invalidField, refused, type FieldError } from '@pelagic/chassis/problem';
import { checkCustomer } from '../customer/customer.ts';
import { processOf } from '../pipeline/pipeline.queries.ts';
import { isOpen } from '../pipeline/stages.ts';
import { ratesFor, type SalesService } from '../sales-service.ts';
import { writeAmount } from './amount.ts';
import { writeLines } from './deal-lines.ts';
import { opportunity, type OpportunityRow } from './opportunity.ts';
import { firstStage, keepRequired, stageOf } from './stage-rules.ts';

/** Texts without blanks around them; lists of messages as they are read. */
export const tidyOpportunity = (row: OpportunityRow): void => {
  row.name = tidyName(row.name, 'opportunity.name');
  for (const column of ['source', 'competitor', 'next_step', 'probability_reason'] as const)
    row[column] = row[column].trim();
  if (typeof row.contacts === 'string') row.contacts = JSON.parse(row.contacts) as OpportunityRow['contacts'];
  const ids = row.contacts.map(({ contactId }) => contactId);
  const errors: FieldError[] = ids.flatMap((id, index) =>
    ids.indexOf(id) < index
      ? [
          {
            field: `opportunity.contacts[${index}].contactId`,
            reason: 'DUPLICATE',
            message: 'This contact stands in the list already.',
          },
        ]
      : [],
  );
  if (errors.length) throw invalid(...errors);
};

/** An open deal is not expected to close on a day that has gone by. */
export const checkExpected = (date: string | null): void => {
  if (date && date < today())
    throw invalidField(
      'opportunity.expectedCloseDate',
      'DATE_IN_PAST',
      'An open deal cannot be expected to close in the past.',
    );
};

const needReason = () =>
  invalidField('opportunity.probabilityReason', 'REQUIRED', 'Say why the probability differs from that of the stage.');

/** The probability of the stage, or one of the deal's own that says why. `given`: the request sets it. */
export const settleProbability = (row: OpportunityRow, stage: Stage, given: boolean): void => {
  if (!isOpen(stage) || !row.probability_reason) {
    if (given && isOpen(stage) && row.probability !== stage.probability) throw needReason();
    row.probability = stage.probability;
    row.probability_reason = '';
  } else if (given && row.probability === stage.probability) row.probability_reason = '';
};

/** What a closed deal was worth, and when it was expected, is settled. */
const SETTLED = [
  'amount',
  'currency',
  'base_amount',
  'rate_date',
  'lines',
  'probability',
  'probability_reason',
  'expected_close_date',
] as const;

const refuseSettled = (before: OpportunityRow, after: OpportunityRow): void => {
  if (before.state === 'OPPORTUNITY_STATE_OPEN' || SETTLED.every((column) => sameValue(before[column], after[column])))
    return;
  throw refused('OPPORTUNITY_CLOSED', 'This deal is closed. Reopen it first.');
};

/** An update names fields of the amount or the whole; it is written as a whole. */
const wholePaths = (mask: string[]): string[] => [
  ...new Set(mask.map((path) => (path.startsWith('amount.') ? 'amount' : path))),
];

/** Writes what a message sets into a deal that the transaction has locked, under the rules for its fields. */
export const writeOpportunity = async (
  service: SalesService,
  tx: Tx,
  row: OpportunityRow,
  message: Opportunity,
  mask: string[],
  caller: Caller,
): Promise<void> => {
  const before = structuredClone(row);
  const asked = wholePaths(mask);
  const paths = new Set(writablePaths(opportunity, caller, message as unknown as Message, asked));
  await writeFields(tx, opportunity, row as unknown as Row, message as unknown as Message, caller, asked);
  tidyOpportunity(row);
  if (row.pipeline_id !== before.pipeline_id)
    throw invalidField('opportunity.pipelineId', 'USE_MOVE', 'Move the deal to a stage of the other pipeline instead.');
  const date = row.close_date ?? today();
  if (paths.has('lines')) await writeLines(tx, row, message.lines, before.lines, { date, rates: ratesFor(service) });
  if (paths.has('amount')) await writeAmount(row, message.amount, date, ratesFor(service));
  if (row.customer_id && row.customer_id !== before.customer_id)
    await checkCustomer(service.customers, tx, row.customer_id);
  const process = await processOf(tx.sql, row);
  if (paths.has('probability') || paths.has('probabilityReason'))
    settleProbability(row, stageOf(process, row.stage_id) ?? firstStage(process), paths.has('probability'));
  if (caller.imported) return;
  if (row.state === 'OPPORTUNITY_STATE_OPEN' && row.expected_close_date !== before.expected_close_date)
    checkExpected(row.expected_close_date);
  refuseSettled(before, row);
};

/** Writes fields of a deal that stays in its stage, which keeps what it requires. */
export const editOpportunity = async (
  service: SalesService,
  tx: Tx,
  row: OpportunityRow,
  message: Opportunity,
  mask: string[],
  caller: Caller,
): Promise<void> => {
  const before = structuredClone(row);
  await writeOpportunity(service, tx, row, message, mask, caller);
  if (!caller.imported) keepRequired(before, row, await processOf(tx.sql, row));
};

/** Writes fields of a deal under its rules: for the importer, bulk edits and the handler alike. */
export const updateOpportunity = (
  service: SalesService,
  tx: Tx,
  id: string,
  message: Opportunity,
  mask: string[],
  caller: Caller,
): Promise<OpportunityRow> =>
  changeRecord<OpportunityRow>(
    tx,
    opportunity,
    id,
    caller,
    { action: 'update', verb: 'updated', version: message.version },
    (row) => editOpportunity(service, tx, row, message, mask, caller),
  );
