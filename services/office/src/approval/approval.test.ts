import { Department } from '@pelagic/proto/crm/identity/v1/department';
import { ApprovalBox } from '@pelagic/proto/crm/office/v1/approval';
import { upsert } from '@pelagic/chassis/append';
import { serviceCaller } from '@pelagic/chassis/caller';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { runAs } from '@pelagic/chassis/testing/callers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOfficeService } from '../testing.ts';
import { departmentRow } from '../reporting/reporting.ts';
import { approvalConsumers } from './approval.reactions.ts';

type Started = Awaited<ReturnType<typeof startOfficeService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let seller: Person;
let boss: Person;
let leader: Person;
let administrator: Person;

const row = (table: string, values: object) => started.database.sql.insertInto(table).values(values).execute();
const employee = (id: string, values: object) =>
  started.database.sql.updateTable('directory_employee').set(values).where('id', '=', id).execute();

beforeAll(async () => {
  started = await startOfficeService();
  leader = await started.person({ permissions: {} });
  boss = await started.person({ permissions: {} });
  seller = await started.person({ permissions: {} });
  administrator = await started.person({ permissions: { 'approval.manage': 'ALL' } });
  await employee(seller.id, { manager_id: boss.id });
  const [above, roleId] = [uuidv7(), uuidv7()];
  // What was planned later than today does not hold yet.
  const placements = [{ parentId: above, fromDate: '2020-01-01' }, { fromDate: '2999-01-01' }];
  const departments = [
    departmentRow(above, Department.fromPartial({ leaderId: leader.id })),
    departmentRow(seller.departmentId, Department.fromPartial({ placements })),
  ];
  await started.database.transact((tx) => upsert(tx, 'reporting_department', departments));
  await row('reporting_role', { id: roleId, administers: true });
  await row('reporting_employee', { id: administrator.id, role_ids: [roleId], active: true });
});
afterAll(() => started.stop());

const react = (consumer: number, event: object) => {
  const caller = serviceCaller('office');
  const { react: run } = approvalConsumers(started.service)[consumer] as {
    react: (tx: never, event: EventEnvelope) => Promise<void>;
  };
  return runAs(caller, () => started.database.transact((tx) => run(tx as never, event as EventEnvelope)));
};

const submit = async (
  submitterId = seller.id,
  approvalId = uuidv7(),
  time = new Date().toISOString(),
  ownerId = submitterId,
) => {
  const contract = { id: uuidv7(), number: 'CON-2026-0001', name: '年度框架', ownerId, submitterId, approvalId };
  const amount = { amount: '88000.00', currency: 'CNY', baseAmount: '88000.00' };
  await react(0, { type: 'crm.sales.contract.submitted.v1', time, data: { contract: { ...contract, amount } } });
  return approvalId;
};
const leave = (id: string, state = 'EMPLOYEE_STATE_LEFT') =>
  react(1, { type: 'crm.identity.employee.left.v1', subject: id, data: { employee: { id, state } } });

const get = async (person: Person, id: string) => (await person.approvals.getApproval({ id })).approval!;
const decide = async (person: Person, id: string, approve = true, reason = '', version = 0) =>
  (await person.approvals.decideApproval({ id, approve, reason, version })).approval!;
const list = async (person: Person, box: ApprovalBox) =>
  (await person.approvals.listApprovals({ box, pageSize: 200, pageToken: '', count: false })).approvals.map(
    ({ id }) => id,
  );

describe('an approval', () => {
  it('is asked of the manager when a contract is submitted, once however often that is heard', async () => {
    const id = await submit();
    await submit(seller.id, id);
    expect(await get(seller, id)).toMatchObject({
      state: 'APPROVAL_STATE_PENDING',
      subjectNoun: 'contract',
      subjectNumber: 'CON-2026-0001',
      title: '年度框架',
      amount: { amount: '88000.00' },
      requesterId: seller.id,
      approverId: boss.id,
      version: 1,
    });
    expect(await started.events(id)).toEqual(['crm.office.approval.requested.v1']);
  });

  it('is asked of the nearest leader above without a manager, else of an administrator, never of who asks', async () => {
    await employee(seller.id, { manager_id: null });
    expect((await get(seller, await submit())).approverId).toBe(leader.id);
    await employee(leader.id, { state: 'EMPLOYEE_STATE_SUSPENDED' });
    expect((await get(seller, await submit())).approverId).toBe(administrator.id);
    const own = await get(administrator, await submit(administrator.id));
    expect(own.approverId).toBe('');
    const named = { id: own.id, approverId: boss.id, version: 0, reason: '' };
    expect((await administrator.approvals.reassignApproval(named)).approval).toMatchObject({ approverId: boss.id });
    await employee(leader.id, { state: 'EMPLOYEE_STATE_ACTIVE' });
    await employee(seller.id, { manager_id: boss.id });
  });

  it('is never decided by whose it is, whoever asked and however it came to them', async () => {
    const id = await submit(seller.id, uuidv7(), new Date().toISOString(), boss.id);
    expect((await get(seller, id)).approverId).toBe(leader.id);
    const given = { id, approverId: boss.id, version: 0, reason: '' };
    await expect(administrator.approvals.reassignApproval(given)).rejects.toMatchObject({
      fields: [{ field: 'approverId', reason: 'NOT_THE_OWNER' }],
    });
    const { subjectId, version } = await get(seller, id);
    const assigned = (ownerId: string) =>
      react(0, { type: 'crm.sales.contract.assigned.v1', data: { contract: { id: subjectId, ownerId } } });
    await assigned(seller.id);
    expect(await get(seller, id)).toMatchObject({ approverId: leader.id, version });
    await assigned(leader.id);
    await assigned(leader.id);
    expect(await get(seller, id)).toMatchObject({ approverId: boss.id, version: version + 1 });
    await expect(decide(leader, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await decide(boss, id)).toMatchObject({ state: 'APPROVAL_STATE_APPROVED' });
  });

  it('says of what is decided on what a role shows, and all of it to who decides', async () => {
    const fields = { contract: { hidden: ['amount', 'name'] } };
    const [blind, asked] = [
      await started.person({ permissions: { 'approval.manage': 'ALL' }, fields }),
      await started.person({ permissions: {}, fields }),
    ];
    const id = await submit();
    expect(await get(blind, id)).toMatchObject({ subjectNumber: 'CON-2026-0001', title: '', amount: undefined });
    const page = { box: ApprovalBox.ALL, pageSize: 200, pageToken: '', count: false };
    const { approvals } = await blind.approvals.listApprovals(page);
    expect(approvals.find((one) => one.id === id)).toMatchObject({ title: '', amount: undefined });
    await administrator.approvals.reassignApproval({ id, approverId: asked.id, version: 0, reason: '' });
    expect(await get(asked, id)).toMatchObject({ title: '年度框架', amount: { amount: '88000.00' } });
  });

  it('is approved or refused with a reason by who is to decide, and withdrawn by who asked', async () => {
    const [first, second, third] = [await submit(), await submit(), await submit()];
    await expect(decide(seller, first)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(decide(leader, first)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await decide(boss, first)).toMatchObject({ state: 'APPROVAL_STATE_APPROVED', deciderId: boss.id });
    await expect(decide(boss, second, false, ' ')).rejects.toMatchObject({ fields: [{ field: 'reason' }] });
    const refused = await decide(boss, second, false, '折扣过高');
    expect(refused).toMatchObject({ state: 'APPROVAL_STATE_REFUSED', reason: '折扣过高' });
    const back = { id: third, reason: '金额有误', version: 1 };
    await expect(boss.approvals.withdrawApproval(back)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect((await seller.approvals.withdrawApproval(back)).approval).toMatchObject({
      state: 'APPROVAL_STATE_WITHDRAWN',
      reason: '金额有误',
    });
    await expect(decide(boss, third)).rejects.toMatchObject({ reason: 'APPROVAL_DECIDED' });
    expect(await started.events(second)).toEqual([
      'crm.office.approval.requested.v1',
      'crm.office.approval.refused.v1',
    ]);
  });

  it('is news to who is to decide and to who asked, unless it is long past', async () => {
    const told = async (person: Person, id: string) => {
      const page = { unread: false, pageSize: 200, pageToken: '', count: false };
      const { notifications } = await person.notifications.listNotifications(page);
      const { subjectId } = await get(boss, id);
      return notifications
        .filter(({ recordNoun, recordId }) => recordNoun === 'contract' && recordId === subjectId)
        .map(({ kind, readTime }) => `${kind.replace('NOTIFICATION_KIND_APPROVAL_', '')}${readTime ? ', read' : ''}`);
    };
    const [id, past] = [await submit(), await submit(seller.id, uuidv7(), '2025-01-02T03:04:05.000Z')];
    expect(await told(boss, id)).toEqual(['ASKED']);
    await decide(boss, id);
    // What was decided asks nobody any more.
    expect(await told(boss, id)).toEqual(['ASKED, read']);
    expect(await told(seller, id)).toEqual(['DECIDED']);
    expect(await told(boss, past)).toEqual([]);
    expect((await get(boss, past)).createTime).toBe('2025-01-02T03:04:05.000Z');
  });

  it('is decided once by a hundred at a time: one wins, the others hear who was faster', async () => {
    const id = await submit();
    const answers = await Promise.allSettled(
      Array.from({ length: 100 }, (_, at) =>
        at % 3
          ? decide(boss, id, at % 2 === 0, '太晚', 1)
          : seller.approvals.withdrawApproval({ id, reason: '撤回', version: 1 }),
      ),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const answer of answers)
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ reason: 'APPROVAL_DECIDED' });
    expect(await started.events(id)).toHaveLength(2);
    expect((await get(boss, id)).version).toBe(2);
  });

  it('lies with each in the box that is theirs', async () => {
    const [open, decided] = [await submit(), await submit()];
    await decide(boss, decided);
    expect(await list(boss, ApprovalBox.TO_DECIDE)).toContain(open);
    expect(await list(boss, ApprovalBox.TO_DECIDE)).not.toContain(decided);
    expect(await list(boss, ApprovalBox.DECIDED)).toContain(decided);
    expect(await list(seller, ApprovalBox.ASKED)).toEqual(expect.arrayContaining([open, decided]));
    expect(await list(seller, ApprovalBox.TO_DECIDE)).toEqual([]);
    expect(await list(await started.person({ permissions: {} }), ApprovalBox.ALL)).toEqual([]);
    expect(await list(administrator, ApprovalBox.ALL)).toEqual(expect.arrayContaining([open, decided]));
  });

  it('goes to somebody else when who was to decide leaves, and never to who asked', async () => {
    const id = await submit();
    const old = await submit();
    await decide(boss, old);
    await expect(
      administrator.approvals.reassignApproval({ id, approverId: seller.id, version: 0, reason: '' }),
    ).rejects.toMatchObject({ fields: [{ field: 'approverId', reason: 'NOT_THE_REQUESTER' }] });
    await expect(
      boss.approvals.reassignApproval({ id, approverId: leader.id, version: 0, reason: '' }),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await leave(boss.id, 'EMPLOYEE_STATE_ACTIVE');
    expect((await get(seller, id)).approverId).toBe(boss.id);
    await leave(boss.id);
    await leave(boss.id);
    expect((await get(seller, id)).approverId).toBe(leader.id);
    expect((await get(seller, old)).approverId).toBe(boss.id);
    await expect(decide(boss, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await decide(leader, id)).toMatchObject({ state: 'APPROVAL_STATE_APPROVED' });
    expect(await started.events(id)).toEqual([
      'crm.office.approval.requested.v1',
      'crm.office.approval.reassigned.v1',
      'crm.office.approval.approved.v1',
    ]);
  });
});
