import { setTimeout as sleep } from 'node:timers/promises';
import { contract } from '@pelagic/proto/contract';
import type { Door } from '../doors.ts';
import { every, isOut, living, mayDo, open, sample, sees, verdict, type Probe, type Probing } from '../judge.ts';
import { JUDGED, masked, rightOn } from '../reference.ts';
import type { Thing } from '../organisation.ts';

const serviceOf = (noun: string): string => contract.nouns.get(noun)!.service;

/** A job comes to its end within this, milliseconds. */
const DONE_WITHIN_MS = 30_000;
const ENDED = ['JOB_STATE_DONE', 'JOB_STATE_FAILED', 'JOB_STATE_CANCELLED'];

export type Job = {
  id: string;
  state: string;
  problemReason: string;
  problem: string;
  resultFileId?: string;
  total: number;
};

export const ended = async (door: Door, service: string, id: string): Promise<Job> => {
  const until = performance.now() + DONE_WITHIN_MS;
  for (;;) {
    const { status, body } = await door.rest('GET', `/v1/${service}/jobs/${id}`);
    if (status === 200 && ENDED.includes(body.state)) return body as Job;
    if (performance.now() > until)
      throw new Error(`job ${id} of ${door.name} does not end: ${status} ${body?.state ?? body?.reason}`);
    await sleep(100);
  }
};

/** Cells of a CSV as our exports write them. */
export const cellsOf = (text: string): string[][] =>
  text
    .replace(/^\uFEFF/, '')
    .split('\r\n')
    .filter(Boolean)
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, inQuotes, bare]) =>
        inQuotes === undefined ? (bare ?? '') : inQuotes.replaceAll('""', '"'),
      ),
    );

/** Texts and lists of texts: what a cell holds as it stands. */
const COLUMNS: Record<string, string[]> = {
  lead: ['name', 'company', 'note', 'phones', 'emails', 'source'],
  customer: ['name', 'shortName', 'taxId', 'phones', 'emails', 'note'],
  contact: ['name', 'phones', 'emails', 'note'],
  opportunity: ['name', 'competitor', 'note', 'source'],
  contract: ['name', 'ourSigner', 'note'],
  receipt: ['bankRef', 'payer', 'note'],
  campaign: ['name', 'note'],
  task: ['name', 'note'],
  ticket: ['name', 'description'],
  schedule: ['name', 'place', 'note'],
  activity: ['content'],
  target: ['month'],
};

const maskOf = (noun: string, field: string): string =>
  contract.messages.get(contract.nouns.get(noun)!.message)!.fields.find(({ json }) => json === field)!.rules?.mask ??
  'full';

const cellFor = ({ world, door }: Probing, noun: string, field: string, id: string): string => {
  const truth = world.organisation.values.get(id)?.[field] ?? '';
  const right = rightOn(world.organisation, door.asker, noun, field);
  const items = (Array.isArray(truth) ? truth : [truth]).map((item: string) =>
    right === 'masked' ? masked(item, maskOf(noun, field)) : item,
  );
  const cell = items.join('; ');
  // What a spreadsheet would take for a formula begins with an apostrophe.
  return /^[=+@-]/.test(cell) ? `'${cell}` : cell;
};

const judgeFile = async (probing: Probing, noun: string, fields: string[], job: Job): Promise<void> => {
  const { door, decide } = probing;
  const response = await door.bytes(`/v1/${serviceOf(noun)}/files/${job.resultFileId}`);
  const [, ...rows] = cellsOf(response);
  const byId = new Map(rows.map((row) => [row[0]!, row]));
  const file: Thing[] = living(probing, noun);
  for (const thing of file)
    decide('export', door.name, `${noun} ${thing.id}`, {
      oracle: sees(probing, thing, 'export'),
      product: byId.has(thing.id),
    });
  for (const [id, row] of byId)
    for (const [index, field] of fields.entries())
      decide('export', door.name, `${noun} ${id}`, {
        field,
        oracle: cellFor(probing, noun, field, id),
        product: row[index + 1] ?? '',
      });
};

/** Files of whole lists: no closed column, no row out of reach, no value that is covered. */
export const exportFiles: Probe = async (probing) => {
  const { door, decide } = probing;
  for (const noun of sample(probing, [...JUDGED], 2)) {
    const service = serviceOf(noun);
    const shown = COLUMNS[noun]!.filter(
      (field) => rightOn(probing.world.organisation, door.asker, noun, field) !== 'hidden',
    );
    const hidden = COLUMNS[noun]!.filter((field) => !shown.includes(field));
    const start = (fields: string[]) =>
      door.rest('POST', `/v1/${service}/exports`, { noun, fields: ['id', ...fields], format: 'csv' });
    const refusal = isOut(probing) ? 'signed out' : mayDo(probing, `${noun}.export`) ? 'ok' : 'denied';
    if (hidden.length)
      decide('export', door.name, noun, {
        field: hidden.join(),
        oracle: refusal === 'ok' ? 'refused' : refusal,
        product: verdict(await start(hidden)),
      });
    const answer = await start(shown);
    decide('export', door.name, noun, { oracle: refusal, product: verdict(answer) });
    if (answer.status >= 300) continue;
    const job = await ended(door, service, answer.body.id);
    decide('export', door.name, noun, {
      field: 'state',
      oracle: 'JOB_STATE_DONE',
      product: job.state + job.problemReason,
    });
    if (job.resultFileId) await judgeFile(probing, noun, shown, job);
    await wholeFile(probing, noun);
    await strangersAt(probing, service, job);
  }
};

/** All columns, as somebody exports who names none: it comes to its end whatever is covered. */
const wholeFile = async ({ door, decide }: Probing, noun: string): Promise<void> => {
  const service = serviceOf(noun);
  const { body } = await door.rest('POST', `/v1/${service}/exports`, { noun, format: 'csv' });
  const { state, problemReason, problem } = await ended(door, service, body.id);
  decide('export', door.name, `all columns of ${noun}`, {
    oracle: 'JOB_STATE_DONE',
    product: state + problemReason + problem,
  });
};

/** Jobs and files are their starter's; whoever may look after jobs is told how they go, and nothing of what they hold. */
const strangersAt = async (probing: Probing, service: string, job: Job): Promise<void> => {
  const { world, decide, door: owner } = probing;
  for (const door of [...world.doors, world.street].filter(
    ({ asker }) => asker.employeeId !== owner.asker.employeeId,
  )) {
    const at = { ...probing, door };
    const mine = isOut(at) ? 'signed out' : 'not found';
    const may = !isOut(at) && mayDo(at, 'job.read');
    const one = await door.rest('GET', `/v1/${service}/jobs/${job.id}`);
    decide('jobs', door.name, `a job of ${owner.name}`, { oracle: may ? 'ok' : mine, product: verdict(one) });
    if (may)
      decide('jobs', door.name, `a job of ${owner.name}`, {
        field: 'resultFileId',
        oracle: 'nothing',
        product: one.body?.resultFileId ?? 'nothing',
      });
    const results = await door.rest('GET', `/v1/${service}/jobs/${job.id}/results`);
    decide('jobs', door.name, `results of a job of ${owner.name}`, { oracle: mine, product: verdict(results) });
    if (!job.resultFileId) continue;
    const file = await door.status(`/v1/${service}/files/${job.resultFileId}`);
    decide('files', door.name, `a file of ${owner.name}`, { oracle: mine === 'signed out' ? 401 : 404, product: file });
  }
};

const NEVER = 999_999;

/** Each record of a bulk edit by its own right: all of them are named at a version that none has. */
export const bulkEdits: Probe = async (probing) => {
  const { door, decide } = probing;
  for (const noun of ['lead', 'customer', 'opportunity', 'contract', 'campaign', 'task', 'schedule', 'ticket']) {
    const service = serviceOf(noun);
    const things = sample(probing, every(probing, noun), 12);
    const records = things.map(({ id }) => ({ id, version: NEVER }));
    const answer = await door.rest('POST', `/v1/${service}/bulk-edits`, {
      noun,
      records,
      action: 'update',
      changes: JSON.stringify({ [noun === 'ticket' ? 'description' : 'note']: 'oracle' }),
    });
    const refusal = isOut(probing) ? 'signed out' : mayDo(probing, `${noun}.update`) ? 'ok' : 'denied';
    decide('bulk edit', door.name, noun, { oracle: refusal, product: verdict(answer) });
    if (answer.status >= 300) continue;
    await ended(door, service, answer.body.id);
    const { body } = await door.rest('GET', `/v1/${service}/jobs/${answer.body.id}/results?pageSize=200`);
    type Result = { recordId: string; errors: { reason: string }[] };
    const reasons = new Map(
      (body.results as Result[]).map(({ recordId, errors }) => [recordId, errors[0]?.reason ?? 'done']),
    );
    for (const thing of things) {
      const theirs = !thing.deleted && sees(probing, thing, 'update');
      const oracle = theirs
        ? 'VERSION_STALE'
        : !thing.deleted && sees(probing, thing)
          ? 'PERMISSION_DENIED'
          : 'NOT_FOUND';
      decide('bulk edit', door.name, `${noun} ${thing.id}`, { oracle, product: reasons.get(thing.id) ?? 'untold' });
    }
  }
};

/** Everything of somebody to somebody else: there is nothing to give for who may give nothing of it. */
export const transfers: Probe = async (probing) => {
  const { door, decide, world } = probing;
  for (const noun of ['lead', 'customer', 'opportunity', 'contract']) {
    const owners = [...new Set(every(probing, noun).flatMap(({ ownerId }) => ownerId ?? []))];
    for (const fromEmployeeId of sample(probing, owners, 3)) {
      const theirs = every(probing, noun).filter(({ ownerId }) => ownerId === fromEmployeeId);
      // What is allowed would happen.
      if (mayDo(probing, `${noun}.assign`) && theirs.some((thing) => sees(probing, thing, 'assign'))) continue;
      const toEmployeeId =
        fromEmployeeId === world.adminId ? owners.find((id) => id !== world.adminId)! : world.adminId;
      const answer = await door.rest('POST', `/v1/${serviceOf(noun)}/transfers`, {
        noun,
        fromEmployeeId,
        toEmployeeId,
      });
      const oracle = isOut(probing) ? 'signed out' : mayDo(probing, `${noun}.assign`) ? 'NOTHING_SELECTED' : 'denied';
      const product = answer.body?.reason === 'NOTHING_SELECTED' ? 'NOTHING_SELECTED' : verdict(answer);
      decide('transfer', door.name, `${noun}s of ${fromEmployeeId}`, { oracle, product });
    }
  }
};

const COUNTED = ['total', 'toCreate', 'toUpdate', 'toSkip', 'bad'];

/** A closed field says nothing about who a row is: a phone that a lead has is to them as one that nobody has. */
export const imports: Probe = async (probing) => {
  const { door, decide, world } = probing;
  const [lead] = sample(probing, living(probing, 'lead'), 1);
  if (!lead || isOut(probing)) return;
  const held = world.organisation.values.get(lead.id)?.['phones']?.[0] as string;
  const preview = async (phone: string) => {
    const fileId = await door.upload('customer', 'leads.csv', Buffer.from(`姓名,电话\nzqzq,${phone}\n`));
    const settings = {
      fileId,
      mapping: [
        { column: '姓名', field: 'name' },
        { column: '电话', field: 'phones' },
      ],
      onMatch: 'MATCH_ACTION_SKIP',
    };
    return door.rest('POST', '/v1/customer/imports:preview', { noun: 'lead', settings });
  };
  const known = await preview(held);
  const allowed = mayDo(probing, 'lead.import');
  decide('import', door.name, 'leads', {
    oracle: allowed ? 'ok or refused' : 'denied',
    product: ['ok', 'refused'].includes(verdict(known)) ? 'ok or refused' : verdict(known),
  });
  if (!allowed || open(probing, 'lead', 'phones')) return;
  const unknown = await preview('+8613987654321');
  const told = ({ body }: typeof known) => JSON.stringify(COUNTED.map((name) => body?.[name] ?? body?.reason));
  decide('import', door.name, 'leads', { field: 'phones', oracle: told(unknown), product: told(known) });
};
