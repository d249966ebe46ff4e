import { contract } from '@pelagic/proto/contract';
import { RECORD_SERVICES } from '../../../deploy/local/processes.ts';
import { rpcNamed } from '../doors.ts';
import {
  every,
  isOut,
  judgeSet,
  living,
  mayDo,
  open,
  plain,
  readingOf,
  sample,
  sees,
  verdict,
  type Probe,
  type Probing,
} from '../judge.ts';
import { JUDGED, rightOn } from '../reference.ts';
import type { Thing } from '../organisation.ts';

type Change = { field: string; before: string; after: string };

const serviceOf = (noun: string): string => contract.nouns.get(noun)!.service;

/** What is told of changes: of hidden fields nothing, of covered ones only that they changed. */
const toldOf = ({ world, door }: Probing, noun: string, changes: Change[]): Change[] =>
  changes.flatMap((change) => {
    const right = rightOn(world.organisation, door.asker, noun, change.field);
    // Whoever may not see any custom field sees none of them.
    const whole = change.field.startsWith('custom.') ? rightOn(world.organisation, door.asker, noun, 'custom') : 'open';
    if (right === 'hidden' || whole === 'hidden') return [];
    return right === 'masked' || whole === 'masked' ? [{ ...change, before: '', after: '' }] : [change];
  });

const asText = (changes: Change[]): string[] =>
  changes.map(({ field, before, after }) => `${field}: ${before} → ${after}`).toSorted();

/** Whole histories, field by field. */
export const histories: Probe = async (probing) => {
  const { door, decide, world } = probing;
  for (const noun of JUDGED)
    for (const thing of sample(probing, every(probing, noun), 3)) {
      const path = `/v1/${serviceOf(noun)}/history?noun=${noun}&recordId=${thing.id}&pageSize=200`;
      const answer = await door.rest('GET', path);
      decide('history', door.name, `${noun} ${thing.id}`, {
        oracle: readingOf(probing, thing),
        product: verdict(answer),
      });
      if (answer.status !== 200) continue;
      const all = await world.house.admin.get(path);
      for (const [index, { changes, version }] of (all.entries as { changes: Change[]; version: number }[]).entries())
        decide('history', door.name, `${noun} ${thing.id}, version ${version}`, {
          oracle: asText(toldOf(probing, noun, changes)),
          product: asText(answer.body.entries[index]?.changes ?? []),
        });
    }
};

const LIST_CHANGES = rpcNamed('crm.capability.v1.RecordService/ListChanges');

/** What services ask each other on behalf of a person. */
export const changes: Probe = async (probing) => {
  const { door, decide, world } = probing;
  const admin = world.admin;
  for (const service of RECORD_SERVICES) {
    const things = JUDGED.filter((noun) => serviceOf(noun) === service).flatMap((noun) => every(probing, noun));
    const versions = sample(probing, things, 30).map(({ noun, id }) => ({
      noun,
      recordId: id,
      version: world.organisation.values.get(id)?.['version'] ?? 1,
    }));
    const asked = { service, versions };
    const [all, told] = await Promise.all([admin.call(LIST_CHANGES, asked), door.call(LIST_CHANGES, asked)]);
    decide('changes', door.name, service, {
      oracle: isOut(probing) ? 'signed out' : 'ok',
      product: told.reason ? 'signed out' : 'ok',
    });
    if (told.reason) continue;
    type Told = { recordId: string; changes: Change[] };
    const found = new Map((told.answer.versions as Told[]).map((each) => [each.recordId, each]));
    for (const { recordId, changes: whole } of all.answer.versions as Told[]) {
      const thing = world.organisation.things.get(recordId)!;
      const seen = sees(probing, thing);
      decide('changes', door.name, `${thing.noun} ${recordId}`, { oracle: seen, product: found.has(recordId) });
      if (!seen || !found.has(recordId)) continue;
      const expected = asText(toldOf(probing, thing.noun, whole));
      decide('changes', door.name, `${thing.noun} ${recordId}`, {
        oracle: expected,
        product: asText(found.get(recordId)!.changes),
      });
    }
  }
};

const VISIBLE = rpcNamed('crm.capability.v1.RecordService/FilterVisible');

/** Of all records those that the caller sees: what live updates and conversions go by. */
export const visibles: Probe = async (probing) => {
  const { door } = probing;
  for (const noun of JUDGED) {
    const things = every(probing, noun);
    const request = { service: serviceOf(noun), noun, ids: things.map(({ id }) => id) };
    const { answer } = await door.call(VISIBLE, request);
    judgeSet('visible', probing, things, (thing) => sees(probing, thing), new Set((answer?.ids as string[]) ?? []));
  }
};

/** Values that are covered, one by one, for a reason: by their own right, and only what is covered. */
export const reveals: Probe = async (probing) => {
  const { door, decide, world } = probing;
  const fields: Record<string, string> = { lead: 'phones', customer: 'taxId', contact: 'emails' };
  for (const [noun, field] of Object.entries(fields))
    for (const thing of sample(probing, living(probing, noun), 2)) {
      const answer = await door.rest('POST', `/v1/${serviceOf(noun)}/records:reveal`, {
        noun,
        recordId: thing.id,
        field,
        reason: 'oracle',
      });
      const right = rightOn(world.organisation, door.asker, noun, field);
      const byRight = right === 'hidden' ? 'refused' : right === 'open' ? '422 NOT_MASKED' : undefined;
      const reading = readingOf(probing, thing, 'reveal');
      const oracle = reading === 'signed out' || reading === 'denied' ? reading : (byRight ?? reading);
      decide('reveal', door.name, `${noun} ${thing.id}`, {
        field,
        oracle,
        product: verdict(answer),
      });
      if (answer.status !== 200) continue;
      const truth = world.organisation.values.get(thing.id)?.[field];
      decide('reveal', door.name, `${noun} ${thing.id}`, {
        field,
        oracle: plain(truth),
        product: plain(JSON.parse(answer.body.value)),
      });
    }
};

type Entry = {
  id: string;
  noun: string;
  recordId: string;
  title: string;
  content: string;
  activityKind: string;
  changes: Change[];
};

/** What an entry says to this caller; undefined when it is not for them. */
const entryFor = (probing: Probing, of: Thing, entry: Entry): string | undefined => {
  const thing = probing.world.organisation.things.get(entry.recordId);
  // A record in the recycle bin is still looked at with what was done about it.
  const shownWith = thing?.subjectId === of.id ? of : thing;
  if (!thing || !shownWith || !sees(probing, shownWith)) return undefined;
  if (thing.noun === 'activity' && !mayDo(probing, 'activity.read')) return undefined;
  const may = (noun: string, field: string, text: string): string => (open(probing, noun, field) ? text : '');
  return JSON.stringify([
    may(entry.noun, 'name', entry.title),
    may('activity', 'content', entry.content),
    may('activity', 'kind', entry.activityKind),
    asText(toldOf(probing, entry.noun, entry.changes)),
  ]);
};

/** Everything around a record, each entry as far as its own record and fields may be seen. */
export const timelines: Probe = async (probing) => {
  const { door, decide, world } = probing;
  for (const noun of ['lead', 'customer', 'contact', 'opportunity', 'contract', 'ticket'])
    for (const thing of sample(probing, every(probing, noun), 3)) {
      const path = `/v1/timeline?noun=${noun}&recordId=${thing.id}&pageSize=200`;
      const answer = await door.rest('GET', path);
      const reading = readingOf(probing, thing);
      // Whoever is signed in may ask; what they may not read is not there.
      const oracle = reading === 'denied' ? 'not found' : reading;
      decide('timeline', door.name, `${noun} ${thing.id}`, { oracle, product: verdict(answer) });
      if (answer.status !== 200) continue;
      const shown = new Map((answer.body.entries as Entry[]).map((entry) => [entry.id, entry]));
      for (const entry of (await world.house.admin.get(path)).entries as Entry[]) {
        const told = shown.get(entry.id);
        const {
          title,
          content,
          activityKind,
          changes: said,
        } = told ?? { title: '', content: '', activityKind: '', changes: [] };
        decide('timeline', door.name, `${noun} ${thing.id}, ${entry.noun} ${entry.recordId}`, {
          oracle: entryFor(probing, thing, entry) ?? 'untold',
          product: told ? JSON.stringify([title, content, activityKind, asText(said)]) : 'untold',
        });
        shown.delete(entry.id);
      }
      for (const { id } of shown.values()) decide('timeline', door.name, id, { oracle: 'untold', product: 'told' });
    }
};

type Due = {
  id: string;
  noun: string;
  name: string;
  ownerId: string;
  nextContactDate: string;
  lastContactTime?: string;
};

/** Promises of a person that the caller may know: of records they see, by fields that they may ask by. */
export const dues: Probe = async (probing) => {
  const { door, decide, world } = probing;
  const { organisation } = world;
  for (const employee of sample(probing, [...organisation.employees.values()], 3)) {
    const path = `/v1/due-contacts?ownerId=${employee.id}&untilDate=${world.today}&pageSize=200`;
    const answer = await door.rest('GET', path);
    decide('due contacts', door.name, employee.login, {
      oracle: isOut(probing) ? 'signed out' : 'ok',
      product: verdict(answer),
    });
    if (answer.status !== 200) continue;
    const shown = new Map((answer.body.dueContacts as Due[]).map((due) => [due.id, due]));
    for (const due of (await world.house.admin.get(path)).dueContacts as Due[]) {
      const thing = organisation.things.get(due.id)!;
      const askable = ['ownerId', 'nextContactDate'].every((field) => open(probing, due.noun, field));
      const told = shown.get(due.id);
      decide('due contacts', door.name, `${due.noun} ${due.id}`, {
        oracle: askable && sees(probing, thing),
        product: Boolean(told),
      });
      if (!told) continue;
      const may = (field: string, value: unknown) => (open(probing, due.noun, field) ? plain(value) : 'nothing');
      decide('due contacts', door.name, `${due.noun} ${due.id}`, {
        field: 'name',
        oracle: may('name', due.name),
        product: plain(told.name),
      });
      decide('due contacts', door.name, `${due.noun} ${due.id}`, {
        field: 'lastContactTime',
        oracle: may('lastContactTime', due.lastContactTime),
        product: plain(told.lastContactTime),
      });
    }
  }
};

type Duplicate = { id: string; noun: string; name: string; ownerId: string; selectable: boolean };

/** Look-alikes: by keys that the caller may ask by; outside of their scope a covered name that cannot be chosen. */
export const duplicates: Probe = async (probing) => {
  const { door, decide, world } = probing;
  for (const noun of ['lead', 'customer', 'contact'])
    for (const thing of sample(probing, every(probing, noun), 2)) {
      const { phones = [], name = '' } = world.organisation.values.get(thing.id) ?? {};
      // A company that a lead became: its phone is its contact's.
      if (!phones.length) continue;
      const answer = await door.rest('POST', '/v1/duplicates:find', { noun, phones });
      const allowed = mayDo(probing, `${noun}.read`) || mayDo(probing, `${noun}.create`);
      const oracle = isOut(probing) ? 'signed out' : allowed ? 'ok' : 'denied';
      decide('duplicates', door.name, `${noun} ${thing.id}`, { oracle, product: verdict(answer) });
      if (answer.status !== 200) continue;
      const found = (answer.body.duplicates as Duplicate[]).find(({ id }) => id === thing.id);
      const told = mayDo(probing, `${noun}.read`) && open(probing, noun, 'phones');
      decide('duplicates', door.name, `${noun} ${thing.id}`, { oracle: told, product: Boolean(found) });
      if (!found) continue;
      const right = rightOn(world.organisation, door.asker, noun, 'name');
      const covered = `${[...name][0]}**`;
      const shown = right === 'hidden' ? '' : right === 'open' && sees(probing, thing) ? name : covered;
      decide('duplicates', door.name, `${noun} ${thing.id}`, { field: 'name', oracle: shown, product: found.name });
      decide('duplicates', door.name, `${noun} ${thing.id}`, {
        field: 'selectable',
        oracle: sees(probing, thing) && !thing.deleted,
        product: found.selectable,
      });
      const owner = open(probing, noun, 'ownerId') ? (thing.ownerId ?? '') : '';
      decide('duplicates', door.name, `${noun} ${thing.id}`, {
        field: 'ownerId',
        oracle: owner,
        product: found.ownerId,
      });
    }
};

/** What a lead became: its ids are fields of the lead. */
export const conversions: Probe = async (probing) => {
  const { door, decide, world } = probing;
  for (const thing of sample(probing, living(probing, 'lead'), 3)) {
    const answer = await door.rest('GET', `/v1/leads/${thing.id}/conversion`);
    const reading = readingOf(probing, thing);
    const truth = await world.house.admin.ask('GET', `/v1/leads/${thing.id}/conversion`);
    const oracle = reading === 'ok' && truth.status === 404 ? 'not found' : reading;
    decide('conversion', door.name, `lead ${thing.id}`, { oracle, product: verdict(answer) });
    if (answer.status !== 200) continue;
    for (const field of ['customerId', 'contactId', 'opportunityId'])
      decide('conversion', door.name, `lead ${thing.id}`, {
        field,
        oracle: open(probing, 'lead', field) ? plain(truth.body[field]) : 'nothing',
        product: plain(answer.body[field]),
      });
  }
};
