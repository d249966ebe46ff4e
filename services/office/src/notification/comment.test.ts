import { serviceCaller } from '@pelagic/chassis/caller';
import { uuidv7, type EventEnvelope } from '@pelagic/chassis/outbox';
import { runAs } from '@pelagic/chassis/testing/callers';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startOfficeService, tasksOf } from '../testing.ts';
import { tellOfComment } from './comment.reactions.ts';

type Started = Awaited<ReturnType<typeof startOfficeService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let ann: Person;
let bob: Person;
let owner: Person;

beforeAll(async () => {
  started = await startOfficeService();
});
afterAll(() => started.stop());
beforeEach(async () => {
  [ann, bob, owner] = [await someone(), await someone(), await someone()];
});
const someone = () => started.person({ permissions: tasksOf('OWN') });

const NOW = Date.parse('2026-11-20T08:00:00Z');
const recordId = uuidv7();
const event = (verb: string, mentionIds: string[], data: object = {}, id = uuidv7()): EventEnvelope =>
  ({
    type: `crm.sales.comment.${verb}.v1`,
    time: '2026-11-20T07:59:00Z',
    data: { comment: { id, recordNoun: 'opportunity', recordId, creatorId: ann.id, mentionIds }, ...data },
  }) as unknown as EventEnvelope;
const take = (one: EventEnvelope, nowMs = NOW) =>
  runAs(serviceCaller('office'), () => started.database.transact((tx) => tellOfComment(tx, one, nowMs)));
const told = async (person: Person) =>
  (
    await person.notifications.listNotifications({ unread: false, pageSize: 50, pageToken: '', count: false })
  ).notifications.map(({ kind, recordId: about }) => [kind.replace('NOTIFICATION_KIND_', ''), about]);

it('who is named hears of it, and whose record it is; who wrote it does not', async () => {
  const one = event('created', [bob.id, ann.id], { recordOwnerId: owner.id });
  await take(one);
  await take(one);
  expect(await told(bob)).toEqual([['MENTIONED', recordId]]);
  expect(await told(owner)).toEqual([['COMMENTED', recordId]]);
  expect(await told(ann)).toEqual([]);
});

it('an owner who is named hears of it once', async () => {
  await take(event('created', [owner.id], { recordOwnerId: owner.id }));
  expect(await told(owner)).toEqual([['MENTIONED', recordId]]);
});

it('who is named only when it is written anew hears of it then; the others are left in peace', async () => {
  const id = uuidv7();
  await take(event('created', [bob.id], {}, id));
  await take(event('updated', [bob.id, owner.id], { before: { mentionIds: [bob.id] } }, id));
  await take(event('updated', [bob.id, owner.id], { before: { text: 'x' } }, id));
  await take(event('deleted', [bob.id, owner.id], { before: {} }, id));
  expect(await told(bob)).toHaveLength(1);
  expect(await told(owner)).toHaveLength(1);
});

it('what was said long ago is no news', async () => {
  await take(event('created', [bob.id]), NOW + 2 * 86_400_000);
  expect(await told(bob)).toEqual([]);
});
