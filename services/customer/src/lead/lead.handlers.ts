import { LeadServiceService, type Lead } from '@pelagic/proto/crm/customer/v1/lead';
import { listRecords } from '@pelagic/capabilities/record/list';
import type { Message, Row } from '@pelagic/capabilities/record/mapping';
import { newFields, writeFields } from '@pelagic/capabilities/record/fields';
import { changeRecord, deleteRecord, getRecord, insertRecord, need } from '@pelagic/capabilities/record/records';
import { ownerOf } from '@pelagic/capabilities/record/owner';
import { restoreOwned } from '@pelagic/capabilities/record/restore';
import { shareRecord } from '@pelagic/capabilities/record/shares';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { once } from '@pelagic/chassis/once';
import type { Handlers } from '@pelagic/chassis/rpc';
import { refuseConverting } from '../conversion/conversion.ts';
import type { CustomerService } from '../customer-service.ts';
import { addMatchKeys, writeMatchKeys } from '../matching/match-key.ts';
import {
  assignLead,
  lead,
  leadKeys,
  moveLead,
  normalizeLead,
  refuseConverted,
  refusePromise,
  type LeadRow,
  type LeadState,
} from './lead.ts';

export const leadMessage = (row: LeadRow): Lead => lead.mapping.toMessage(row as Row) as unknown as Lead;

/** Who sees only the leads of people would lose one that is nobody's out of sight at once: it is theirs. */
const seesUnowned = ({ kind, grants }: Caller): boolean =>
  kind !== 'employee' ||
  !!grants?.permissions.get('lead.read')?.some((scope) => scope !== 'OWN' && scope !== 'SUBORDINATES');

/** Enters a lead: for the importer and the handler alike. `more` are columns that only history may bring. */
export const createLead = async (
  { directory, number }: CustomerService,
  tx: Tx,
  message: Lead,
  caller: Caller,
  more: Row = {},
): Promise<LeadRow> => {
  const row = {
    ...(await newFields(tx, lead, message as unknown as Message, caller)),
    state: 'LEAD_STATE_NEW',
    state_reason: '',
    owner_id: null,
  } as unknown as LeadRow;
  row.department_id = message.departmentId || caller.grants?.departmentId || null;
  normalizeLead(row);
  const ownerId = message.ownerId || (seesUnowned(caller) ? '' : caller.id);
  if (ownerId) {
    if (ownerId !== caller.id) need(caller, 'lead.assign');
    assignLead(row, await ownerOf(directory, tx, ownerId, 'lead.ownerId', caller));
  }
  const created = await insertRecord<LeadRow>(tx, lead, { ...row, number: await number('lead'), ...more }, caller);
  await addMatchKeys(tx, 'lead', created.id, leadKeys(created));
  return created;
};

/** Writes fields of a lead under its rules: for the importer, bulk edits and the handler alike. */
export const updateLead = (tx: Tx, id: string, message: Lead, mask: string[], caller: Caller): Promise<LeadRow> =>
  changeRecord<LeadRow>(
    tx,
    lead,
    id,
    caller,
    { action: 'update', verb: 'updated', version: message.version },
    async (row) => {
      refuseConverted(row);
      const { next_contact_date: promised } = row;
      await writeFields(tx, lead, row as Row, message as unknown as Message, caller, mask);
      if (row.next_contact_date && row.next_contact_date !== promised && !caller.imported)
        refusePromise(row.state, 'lead.nextContactDate');
      normalizeLead(row);
      await writeMatchKeys(tx, 'lead', id, leadKeys(row));
    },
  );

export const giveLead = async (
  { directory }: CustomerService,
  tx: Tx,
  id: string,
  ownerId: string | undefined,
  caller: Caller,
  { version = 0, reason = '', deleted = false } = {},
): Promise<LeadRow> => {
  const owner = ownerId ? await ownerOf(directory, tx, ownerId, 'ownerId', caller) : undefined;
  return changeRecord<LeadRow>(
    tx,
    lead,
    id,
    caller,
    { action: 'assign', verb: 'assigned', version, reason, deleted },
    (row) => assignLead(row, owner),
  );
};

export const removeLead = async (tx: Tx, id: string, caller: Caller, version = 0): Promise<LeadRow> => {
  const row = await deleteRecord<LeadRow>(tx, lead, id, caller, version, (found) => {
    refuseConverted(found);
    return refuseConverting(tx, found);
  });
  await writeMatchKeys(tx, 'lead', id, leadKeys(row), true);
  return row;
};

export const bringBackLead = async (
  { directory }: CustomerService,
  tx: Tx,
  id: string,
  ownerId: string | undefined,
  caller: Caller,
): Promise<LeadRow> => {
  const row = await restoreOwned<LeadRow>(tx, lead, id, caller, { directory, ownerId, give: assignLead });
  await writeMatchKeys(tx, 'lead', id, leadKeys(row));
  return row;
};

export const leadHandlers = (service: CustomerService): Handlers<LeadServiceService> => {
  const { database, campaigns } = service;
  const answer = async (row: Promise<LeadRow>) => ({ lead: leadMessage(await row) });
  return {
    createLead: async (request, caller) => {
      await campaigns.check(request.lead!.campaignId, caller);
      return (request.validateOnly ? database.rehearse : database.transact)((tx) =>
        once(tx, caller, LeadServiceService.createLead, request, () =>
          answer(createLead(service, tx, request.lead!, caller)),
        ),
      );
    },
    getLead: ({ id }, caller) => answer(getRecord<LeadRow>(database.sql, lead, id, caller)),
    listLeads: async (request, caller) => {
      const { rows, ...page } = await listRecords<LeadRow>(database.sql, lead, request, caller);
      return { leads: rows.map(leadMessage), ...page };
    },
    updateLead: async ({ id, lead: message, updateMask }, caller) => {
      await campaigns.check(message!.campaignId, caller);
      return answer(database.transact((tx) => updateLead(tx, id, message!, updateMask ?? [], caller)));
    },
    assignLead: ({ id, ownerId, version, reason }, caller) =>
      answer(database.transact((tx) => giveLead(service, tx, id, ownerId, caller, { version, reason }))),
    setLeadState: ({ id, state, reason, version }, caller) =>
      answer(
        database.transact((tx) =>
          changeRecord<LeadRow>(
            tx,
            lead,
            id,
            caller,
            { action: 'update', verb: 'state_changed', version, reason },
            async (row) => {
              await refuseConverting(tx, row);
              moveLead(row, state as LeadState, reason);
            },
          ),
        ),
      ),
    shareLead: ({ id, shares, version }, caller) =>
      answer(database.transact((tx) => shareRecord<LeadRow>(service, tx, lead, id, caller, { shares, version }))),
    deleteLead: async ({ id, version }, caller) => {
      await database.transact((tx) => removeLead(tx, id, caller, version));
      return {};
    },
    undeleteLead: ({ id, ownerId }, caller) =>
      answer(database.transact((tx) => bringBackLead(service, tx, id, ownerId, caller))),
  };
};
