import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../deploy/demo/random.ts';
import {
  assignLead,
  attachFile,
  convertLead,
  correctActivity,
  createContact,
  createCustomer,
  createLead,
  logActivity,
  tagLead,
  updateCustomer,
  updateLead,
} from './customer-writes.ts';
import { rewriteComment, writeComment } from './comment-writes.ts';
import { approve, createContract, planContract, submitContract } from './contract-writes.ts';
import { attempt, type Op } from './history.ts';
import { createCampaign, sendForm, updateCampaign } from './marketing-writes.ts';
import { commentOnLog, createSchedule, readNotifications, updateSchedule, writeLog } from './office-writes.ts';
import { enterReceipt, refundReceipt } from './receipt-writes.ts';
import { amendDeal, createDeal, moveDeal, setTargets } from './sales-writes.ts';
import { answerTicket, createTicket, sendRequest, solveTicket } from './ticket-writes.ts';
import { changed, created, phone, tokenOf, type Writer } from './writer.ts';

const IMPORT_ROWS = 25;
const BULK_MIN = 10;
const UNANSWERED_MS = 300;

/** Each row is a write: an event of its own. */
const importLeads = async (writer: Writer): Promise<void> => {
  const { person, history, index } = writer;
  const names = Array.from({ length: IMPORT_ROWS }, () => tokenOf(writer));
  const file = Buffer.from(['Name,Phone', ...names.map((name) => `${name},${phone()}`)].join('\n'));
  const fileId = await person.upload('customer', `${names[0]}.csv`, file).catch(() => undefined);
  if (!fileId) return;
  const mapping = [
    { column: 'Name', field: 'name' },
    { column: 'Phone', field: 'phones' },
  ];
  const { op, body } = await attempt(
    history,
    {
      kind: 'lead import',
      writer: index,
      requestId: names[0]!,
      effects: names.map((name) => created('lead', 'name', name)),
      apart: true,
    },
    () =>
      person.ask(
        'POST',
        '/v1/customer/imports',
        { noun: 'lead', settings: { fileId, mapping } },
        { 'idempotency-key': names[0]! },
      ),
  );
  delete op.version;
  delete op.recordId;
  if (op.outcome === 'ok') writer.onJob('customer', body.id);
};

const updateEmployee = async (writer: Writer): Promise<void> => {
  const title = tokenOf(writer);
  const { id } = writer.random.pick(writer.owners);
  const write = {
    kind: 'employee update',
    writer: writer.index,
    requestId: title,
    effects: [changed('employee', 'title', title)],
  };
  await attempt(writer.history, write, () => writer.admin.ask('PATCH', `/v1/employees/${id}`, { title }));
};

/** The same change on many records; which of them it could be made on, only the job knows. */
const editLeads = async (writer: Writer): Promise<void> => {
  if (writer.leads.length < BULK_MIN) return createLead(writer);
  const note = tokenOf(writer);
  const records = writer.leads.map(({ id }) => ({ id, version: 0 }));
  for (const lead of writer.leads) lead.version = 0;
  const { op, body } = await attempt(
    writer.history,
    {
      kind: 'lead bulk edit',
      writer: writer.index,
      requestId: note,
      effects: records.map(({ id }) => ({ ...changed('lead', 'note', note), recordId: id })),
      apart: true,
    },
    () =>
      writer.person.ask(
        'POST',
        '/v1/customer/bulk-edits',
        { noun: 'lead', records, action: 'update', changes: JSON.stringify({ note }) },
        { 'idempotency-key': note },
      ),
  );
  delete op.version;
  delete op.recordId;
  if (op.outcome === 'ok') op.outcome = 'unknown';
  if (op.outcome === 'unknown' && body?.id) writer.onJob('customer', body.id);
};

/** What writers do, by the name of the write. */
const WORKS: Record<string, (writer: Writer) => Promise<void>> = {
  'lead create': createLead,
  'lead update': updateLead,
  'lead assign': assignLead,
  'lead convert': convertLead,
  'lead import': importLeads,
  'lead bulk edit': editLeads,
  'lead tag': tagLead,
  'file attach': attachFile,
  'customer create': createCustomer,
  'customer update': updateCustomer,
  'contact create': createContact,
  'activity log': logActivity,
  'activity correct': correctActivity,
  'deal create': createDeal,
  'deal move': moveDeal,
  'deal update': amendDeal,
  'contract create': createContract,
  'contract plan': planContract,
  'contract submit': submitContract,
  'approval decide': approve,
  'receipt enter': enterReceipt,
  'receipt refund': refundReceipt,
  'ticket create': createTicket,
  'ticket answer': answerTicket,
  'ticket solve': solveTicket,
  'request send': sendRequest,
  'campaign create': createCampaign,
  'campaign update': updateCampaign,
  'form send': sendForm,
  'comment write': writeComment,
  'comment rewrite': rewriteComment,
  'schedule create': createSchedule,
  'schedule update': updateSchedule,
  'log write': writeLog,
  'log comment': commentOnLog,
  'notification read': readNotifications,
  'target set': setTargets,
  'employee update': updateEmployee,
};

/** How often each is done, in proportion. */
export type Mix = Record<string, number>;

/** A day at work. */
export const DAY: Mix = {
  'lead create': 16,
  'lead update': 15,
  'lead assign': 8,
  'lead convert': 7,
  'lead import': 3,
  'lead bulk edit': 1,
  'lead tag': 1,
  'file attach': 3,
  'customer create': 6,
  'customer update': 7,
  'contact create': 5,
  'activity log': 8,
  'activity correct': 4,
  'deal create': 8,
  'deal move': 7,
  'deal update': 4,
  'contract create': 3,
  'contract plan': 3,
  'contract submit': 3,
  'approval decide': 3,
  'receipt enter': 4,
  'receipt refund': 2,
  'ticket create': 3,
  'ticket answer': 4,
  'ticket solve': 2,
  'request send': 5,
  'campaign create': 1,
  'campaign update': 3,
  'form send': 6,
  'comment write': 4,
  'comment rewrite': 2,
  'schedule create': 3,
  'schedule update': 4,
  'log write': 4,
  'log comment': 2,
  'notification read': 1,
  'target set': 2,
  'employee update': 1,
};

const draw = (mix: Mix, random: Random): string => {
  const shares = Object.entries(mix);
  let ticket = random.next() * shares.reduce((sum, [, share]) => sum + share, 0);
  return (shares.find(([, share]) => (ticket -= share) < 0) ?? shares[0]!)[0];
};

/** Writes until told to stop, at most one write every `spacingMs`. */
export const write = async (writer: Writer, mix: Mix, spacingMs: number, goesOn: () => boolean): Promise<void> => {
  while (goesOn()) {
    const began = performance.now();
    const before = writer.history.ops.length;
    await WORKS[draw(mix, writer.random)]!(writer);
    // Whom nobody answers looks at the page for a moment, instead of asking as fast as a machine.
    const unanswered = writer.history.ops.slice(before).some((op) => op.writer === writer.index && op.status === 0);
    if (unanswered) await sleep(UNANSWERED_MS);
    await sleep(Math.max(0, spacingMs - (performance.now() - began)));
  }
};

/** Writes as they are counted: each row of an import is one, since each is an event of its own. */
export const writesIn = (ops: Op[]): number =>
  ops.reduce((sum, { apart, effects }) => sum + (apart ? effects.length : 1), 0);

/** Those that were answered with yes: a run in which hardly anything was answered shows nothing. */
export const acknowledgedIn = (ops: Op[]): number => writesIn(ops.filter(({ outcome }) => outcome === 'ok'));
