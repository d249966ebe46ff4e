import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../deploy/demo/random.ts';
import {
  assignLead,
  convertLead,
  correctActivity,
  createContact,
  createCustomer,
  createLead,
  logActivity,
  updateCustomer,
  updateLead,
} from './customer-writes.ts';
import { attempt, type Op } from './history.ts';
import { amendDeal, createDeal, moveDeal } from './sales-writes.ts';
import { changed, created, phone, tokenOf, type Writer } from './writer.ts';

const IMPORT_ROWS = 25;

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

/** What writers do, and how often of a hundred. */
const WORKS: [number, (writer: Writer) => Promise<void>][] = [
  [16, createLead],
  [16, updateLead],
  [8, assignLead],
  [7, convertLead],
  [6, createCustomer],
  [7, updateCustomer],
  [5, createContact],
  [8, logActivity],
  [4, correctActivity],
  [8, createDeal],
  [7, moveDeal],
  [4, amendDeal],
  [3, importLeads],
  [1, updateEmployee],
];

const workOf = (random: Random): ((writer: Writer) => Promise<void>) => {
  let ticket = random.whole(
    1,
    WORKS.reduce((sum, [share]) => sum + share, 0),
  );
  return WORKS.find(([share]) => (ticket -= share) <= 0)![1];
};

/** Writes until told to stop, at most one write every `spacingMs`. */
export const write = async (writer: Writer, spacingMs: number, goesOn: () => boolean): Promise<void> => {
  while (goesOn()) {
    const began = performance.now();
    await workOf(writer.random)(writer);
    await sleep(Math.max(0, spacingMs - (performance.now() - began)));
  }
};

/** Writes as they are counted: each row of an import is one, since each is an event of its own. */
export const writesIn = (ops: Op[]): number =>
  ops.reduce((sum, { apart, effects }) => sum + (apart ? effects.length : 1), 0);
