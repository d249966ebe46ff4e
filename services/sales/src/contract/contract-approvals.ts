import type { Approval } from '@pelagic/proto/crm/office/v1/approval';
import { applyChange } from '@pelagic/capabilities/record/records';
import type { Consumer } from '@pelagic/chassis/consumer';
import type { Tx } from '@pelagic/chassis/database';
import { today } from '@pelagic/chassis/enterprise';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { sql } from 'kysely';
import { contract, type ContractRow } from './contract.ts';

const DECISIONS: ReadonlyMap<string, { verb: string; apply: (row: ContractRow, reason: string) => void }> = new Map([
  [
    'crm.office.approval.approved.v1',
    {
      verb: 'approved',
      apply: (row) => Object.assign(row, { state: 'CONTRACT_STATE_EFFECTIVE', effective_date: today() }),
    },
  ],
  [
    'crm.office.approval.refused.v1',
    {
      verb: 'refused',
      apply: (row, reason) => Object.assign(row, { state: 'CONTRACT_STATE_DRAFT', decision_reason: reason }),
    },
  ],
  [
    'crm.office.approval.withdrawn.v1',
    {
      verb: 'withdrawn',
      apply: (row, reason) => Object.assign(row, { state: 'CONTRACT_STATE_DRAFT', decision_reason: reason }),
    },
  ],
]);

/** Only a decision on the request that is open now: an earlier one of the same contract changes nothing. */
const decide = async (tx: Tx, { type, data }: EventEnvelope): Promise<void> => {
  const decision = DECISIONS.get(type);
  const { id, subjectNoun, subjectId, reason } = data['approval'] as Approval;
  if (!decision || subjectNoun !== 'contract') return;
  const { rows } = await sql<ContractRow>`
    select * from contract where id = ${subjectId}::uuid and approval_id = ${id}::uuid
      and state = 'CONTRACT_STATE_IN_APPROVAL' for update`.execute(tx.sql);
  const [row] = rows;
  if (row)
    await applyChange<ContractRow>(tx, contract, row, { verb: decision.verb, reason: reason ?? '' }, (draft) =>
      decision.apply(draft, reason ?? ''),
    );
};

/** What was decided on contracts in the office service takes effect here, once. */
export const contractApprovals: Consumer = {
  name: 'sales_contract-approvals',
  from: 'office',
  subjects: ['crm.office.approval.>'],
  react: decide,
};
