import {
  ApprovalBox,
  type ApprovalServiceService,
  type ListApprovalsRequest,
} from '@pelagic/proto/crm/office/v1/approval';
import { listRecords } from '@pelagic/capabilities/record/list';
import { getRecord, type Change } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import type { Handlers } from '@pelagic/chassis/rpc';
import type { OfficeService } from '../office-service.ts';
import { approval, approvalMessage, decide, giveApproval, withdraw, type ApprovalRow } from './approval.ts';
import { changePending } from './write-approval.ts';

const FILTERS: Record<string, string> = {
  [ApprovalBox.TO_DECIDE]: 'approver_id = me() AND state = PENDING',
  [ApprovalBox.ASKED]: 'requester_id = me()',
  [ApprovalBox.DECIDED]: 'decider_id = me()',
  [ApprovalBox.ALL]: '',
};

const filterOf = ({ box }: ListApprovalsRequest): string => FILTERS[box] ?? FILTERS[ApprovalBox.TO_DECIDE]!;

export const approvalHandlers = (service: OfficeService): Handlers<ApprovalServiceService> => {
  const { database, directory } = service;
  const answer = async (row: Promise<ApprovalRow>, caller: Caller) => ({
    approval: approvalMessage(await row, caller),
  });
  const change = (id: string, caller: Caller, how: Change, rule: (row: ApprovalRow) => void) =>
    answer(
      database.transact((tx) => changePending(service, tx, id, caller, how, rule)),
      caller,
    );
  return {
    getApproval: ({ id }, caller) => answer(getRecord<ApprovalRow>(database.sql, approval, id, caller), caller),
    listApprovals: async (request, caller) => {
      const { pageSize, pageToken, count } = request;
      const asked = { pageSize, pageToken, count, filter: filterOf(request), orderBy: '', query: '', deleted: false };
      const { rows, ...page } = await listRecords<ApprovalRow>(database.sql, approval, asked, caller);
      return { approvals: rows.map((row) => approvalMessage(row, caller)), ...page };
    },
    decideApproval: ({ id, approve, reason, version }, caller) =>
      change(id, caller, { action: 'decide', verb: approve ? 'approved' : 'refused', version, reason }, (row) =>
        decide(row, { approve, reason, by: caller.id, time: now().toISOString() }),
      ),
    withdrawApproval: ({ id, reason, version }, caller) =>
      change(id, caller, { action: 'withdraw', verb: 'withdrawn', version, reason }, (row) =>
        withdraw(row, reason, now().toISOString()),
      ),
    reassignApproval: async ({ id, approverId, version, reason }, caller) => {
      const approver = await directory.owner(approverId, 'approverId', caller);
      return change(id, caller, { action: 'reassign', verb: 'reassigned', version, reason }, (row) =>
        giveApproval(row, approver.id),
      );
    },
  };
};
