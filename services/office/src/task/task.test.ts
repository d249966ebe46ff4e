import { Task } from '@pelagic/proto/crm/office/v1/task';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOfficeService, tasksOf } from '../testing.ts';

type Started = Awaited<ReturnType<typeof startOfficeService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let ann: Person;
let bob: Person;

beforeAll(async () => {
  started = await startOfficeService();
  ann = await started.person({ permissions: { ...tasksOf('OWN'), 'task.assign': 'ALL' } });
  bob = await started.person({ permissions: tasksOf('OWN') });
});
afterAll(() => started.stop());

const draft = (fields: object = {}): Task => Task.fromJSON({ name: '回访客户', ...fields });
const create = async (fields: object = {}, person = ann) =>
  (await person.tasks.createTask({ task: draft(fields), requestId: '', validateOnly: false })).task!;
const update = async (id: string, fields: object, updateMask: string[], person = ann) =>
  (await person.tasks.updateTask({ id, task: draft(fields), updateMask })).task!;
const move = async (id: string, state: string, person = ann, version = 0) =>
  (await person.tasks.setTaskState({ id, state: `TASK_STATE_${state}` as never, version })).task!;
const list = async (filter: string, person = ann) =>
  (
    await person.tasks.listTasks({
      pageSize: 0,
      pageToken: '',
      filter,
      orderBy: '',
      query: '',
      deleted: false,
      count: false,
    })
  ).tasks.map(({ id }) => id);

describe('a task', () => {
  it('is numbered, belongs to who makes it, and is of normal priority', async () => {
    const made = await create({ checklist: [{ text: ' 准备资料 ' }, { text: '打电话' }] });
    expect(made.number).toMatch(/^TASK-\d{4}-\d{6}$/);
    expect(made).toMatchObject({
      state: 'TASK_STATE_OPEN',
      priority: 'TASK_PRIORITY_NORMAL',
      ownerId: ann.id,
      departmentId: ann.departmentId,
      checklist: [{ text: '准备资料', done: false }, { text: '打电话' }],
    });
    expect(await started.events(made.id)).toEqual(['crm.office.task.created.v1']);
  });

  it('keeps the items that stand, and tells nothing when nothing changes', async () => {
    const made = await create({ checklist: [{ text: '甲' }, { text: '乙' }] });
    const same = await update(made.id, { checklist: made.checklist, name: made.name }, ['name', 'checklist']);
    expect(same.version).toBe(1);
    const [first, second] = made.checklist;
    const ticked = await update(made.id, { checklist: [{ ...first, done: true }, second] }, ['checklist']);
    expect(ticked.checklist).toEqual([{ ...first, done: true }, second]);
    expect(await started.events(made.id)).toEqual(['crm.office.task.created.v1', 'crm.office.task.updated.v1']);
  });

  it.each([
    [{ name: ' ' }, 'task.name'],
    [{ dueClock: '25:00', dueDate: '2026-12-01' }, 'task.dueClock'],
    [{ dueClock: '09:00' }, 'task.dueDate'],
    [{ checklist: [{ text: ' ' }] }, 'task.checklist[0].text'],
    [{ recordNoun: 'role', recordId: uuidv7() }, 'task.recordNoun'],
    [{ recordNoun: 'toString', recordId: uuidv7() }, 'task.recordNoun'],
    [{ recordNoun: 'lead' }, 'task.recordId'],
    [{ recordNoun: 'lead', recordId: uuidv7() }, 'task.recordId'],
  ])('refuses %j, naming the field', async (fields, field) => {
    await expect(create(fields)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', fields: [{ field }] });
  });

  it('has participants who work here; who has left since may stay', async () => {
    const cid = await started.person({ permissions: {} });
    const { id } = await create({ participantIds: [cid.id] });
    const leave = { state: 'EMPLOYEE_STATE_LEFT' };
    await started.database.sql.updateTable('directory_employee').set(leave).where('id', '=', cid.id).execute();
    await expect(create({ participantIds: [cid.id] })).rejects.toMatchObject({
      fields: [{ field: 'task.participantIds[0]' }],
    });
    const more = await update(id, { participantIds: [cid.id, bob.id] }, ['participant_ids']);
    expect(more.participantIds).toEqual([cid.id, bob.id]);
  });

  it('is about a record that its maker sees, and is found by it', async () => {
    const recordId = uuidv7();
    started.shown.add(recordId);
    const made = await create({ recordNoun: 'lead', recordId });
    expect(await list(`record_noun = "lead" AND record_id = "${recordId}"`)).toEqual([made.id]);
    const cut = await update(made.id, { recordNoun: '' }, ['record_noun', 'record_id']);
    expect(cut).toMatchObject({ recordNoun: '' });
    expect(cut.recordId).toBeUndefined();
  });

  it('is found among one’s own by its day, or by having none', async () => {
    const cid = await started.person({ permissions: tasksOf('OWN') });
    const due = await create({ dueDate: '2026-12-01', dueClock: '14:30' }, cid);
    const some = await create({}, cid);
    const mine = 'owner_id = me() AND (state = TASK_STATE_OPEN OR state = TASK_STATE_DOING)';
    expect(await list(`${mine} AND due_date:*`, cid)).toEqual([due.id]);
    expect(await list(`${mine} AND NOT due_date:*`, cid)).toEqual([some.id]);
  });

  it('is finished by who does it or who made it, by nobody else, and opened again', async () => {
    const boss = await started.person({ permissions: tasksOf('ALL') });
    const { id } = await create({ ownerId: bob.id });
    await expect(move(id, 'DONE', boss)).rejects.toMatchObject({ reason: 'NOT_YOUR_TASK' });
    expect((await move(id, 'DOING', boss)).finishTime).toBeUndefined();
    const done = await move(id, 'DONE', bob);
    expect(done).toMatchObject({ state: 'TASK_STATE_DONE', finisherId: bob.id });
    expect(done.finishTime).toBeTruthy();
    await expect(update(id, { name: '别的' }, ['name'])).rejects.toMatchObject({ reason: 'TASK_FINISHED' });
    await expect(move(id, 'OPEN', boss)).rejects.toMatchObject({ reason: 'NOT_YOUR_TASK' });
    const again = await move(id, 'OPEN', ann);
    expect(again.finishTime).toBeUndefined();
    expect((await move(id, 'CLOSED', ann)).finisherId).toBe(ann.id);
    expect((await started.events(id)).length).toBe(5);
  });

  it('of two who finish it from what they saw, one does and the other is told', async () => {
    const { id, version } = await create({ ownerId: bob.id });
    const both = await Promise.allSettled([move(id, 'DONE', bob, version), move(id, 'CLOSED', ann, version)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const refused = both.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(refused.reason).toMatchObject({ code: 'ABORTED' });
    expect((await started.events(id)).length).toBe(2);
  });

  it('is seen by who made it, who does it and who takes part, and changed by the first two', async () => {
    const cid = await started.person({ permissions: tasksOf('OWN') });
    const dan = await started.person({ permissions: tasksOf('OWN') });
    const { id } = await create({ ownerId: bob.id, participantIds: [cid.id, cid.id] });
    for (const person of [ann, bob, cid]) expect((await person.tasks.getTask({ id })).task!.id).toBe(id);
    expect(await list(`id = "${id}"`, cid)).toEqual([id]);
    await expect(dan.tasks.getTask({ id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(update(id, { note: 'x' }, ['note'], cid)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect((await update(id, { note: 'x' }, ['note'], ann)).note).toBe('x');
    await expect(bob.tasks.deleteTask({ id, version: 0 })).resolves.toEqual({});
    expect((await bob.tasks.undeleteTask({ id })).task).toMatchObject({ ownerId: bob.id });
  });

  it('is given to others only by who may assign', async () => {
    const cid = await started.person({ permissions: { 'task.create': 'OWN', 'task.read': 'OWN' } });
    await expect(create({ ownerId: bob.id }, cid)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const { id } = await create({});
    const given = await ann.tasks.assignTask({ id, ownerId: bob.id, version: 1, reason: '休假' });
    expect(given.task).toMatchObject({ ownerId: bob.id, departmentId: bob.departmentId, version: 2 });
  });
});
