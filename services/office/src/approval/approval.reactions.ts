import type { Money } from '@pelagic/proto/crm/common/v1/common';
import { isUuid } from '@pelagic/proto/formats';
import { serviceCaller } from '@pelagic/chassis/caller';
import type { Consumer } from '@pelagic/chassis/consumer';
import type { Tx } from '@pelagic/chassis/database';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import type { OfficeService } from '../office-service.ts';
import { changeOwner, openApproval, passOn } from './write-approval.ts';

const SUBMITTED = 'crm.sales.contract.submitted.v1';

/** What a contract says of itself when it is submitted. */
type Submitted = {
  id: string;
  number?: string;
  name?: string;
  amount?: Money;
  ownerId?: string;
  submitterId?: string;
  approvalId?: string;
};

/** A submitted contract asks for a decision, under the id that sales gave the request; until then it may change hands. */
const askFor = async (service: OfficeService, tx: Tx, event: EventEnvelope): Promise<void> => {
  const told = event.data['contract'] as Submitted;
  const { id, number = '', name = '', amount, ownerId, submitterId, approvalId } = told;
  if (event.type !== SUBMITTED) {
    if (isUuid(ownerId ?? '')) await changeOwner(service, tx, id, ownerId!, serviceCaller('office'));
    return;
  }
  // Of an earlier form of the event, which asked nobody.
  if (!isUuid(submitterId ?? '') || !isUuid(approvalId ?? '')) return;
  await openApproval(
    service,
    tx,
    {
      id: approvalId!,
      subject_noun: 'contract',
      subject_id: id,
      subject_number: number,
      subject_owner_id: isUuid(ownerId ?? '') ? ownerId! : null,
      title: name,
      amount: amount ?? null,
      requester_id: submitterId!,
    },
    serviceCaller('office'),
    event.time,
  );
};

const OUT = new Set(['EMPLOYEE_STATE_SUSPENDED', 'EMPLOYEE_STATE_LEFT']);

const leave = async (service: OfficeService, tx: Tx, event: EventEnvelope): Promise<void> => {
  const { state } = event.data['employee'] as { state: string };
  if (OUT.has(state)) await passOn(service, tx, event.subject, serviceCaller('office'));
};

export const approvalConsumers = (service: OfficeService): Consumer[] => [
  {
    name: 'office_contract-approvals',
    from: 'sales',
    subjects: ['crm.sales.contract.>'],
    react: (tx, event) => askFor(service, tx, event),
  },
  {
    name: 'office_leaving-approvers',
    from: 'identity',
    subjects: ['crm.identity.employee.>'],
    react: (tx, event) => leave(service, tx, event),
  },
];
