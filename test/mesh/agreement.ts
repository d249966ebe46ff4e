import { beforeAll, describe, expect, it } from 'vitest';
import type { Employed, Enterprise } from './enterprise.ts';
import { until } from './person.ts';

const PATIENT_MS = 30_000;

/** From a draft over the manager's decision to a contract that holds, through sales, office and analytics. */
export const contractIsAgreed = (house: () => Enterprise) =>
  describe('a contract', () => {
    let boss: Employed;
    let agent: Employed;
    let id: string;
    beforeAll(async () => {
      const department = await house().department('大客户部');
      boss = await house().hire('boss', '销售经理', department);
      agent = await house().hire('agent', '销售', department, { managerId: boss.id });
      const customer = await agent.post('/v1/customers', { name: '宁波海港集团', phones: ['13911110003'] });
      await until('the customer in sales', PATIENT_MS, async () => {
        const { status, body } = await agent.ask('POST', '/v1/contracts', {
          name: '年度框架',
          customerId: customer.id,
          amount: { amount: '88000', currency: 'CNY' },
          signDate: '2026-03-02',
          startDate: '2026-03-02',
        });
        id = body.id;
        return status === 200;
      });
    }, 60_000);

    const state = async (): Promise<string> => (await agent.get(`/v1/contracts/${id}`)).state;
    const asked = async (): Promise<string[]> =>
      ((await boss.get('/v1/approvals')).approvals as { id: string; subjectId: string }[])
        .filter(({ subjectId }) => subjectId === id)
        .map((approval) => approval.id);

    it('stands still while its approval is open, and is a draft again when that was refused', async () => {
      await agent.post(`/v1/contracts/${id}:submit`);
      expect(await agent.ask('PATCH', `/v1/contracts/${id}`, { note: '改' })).toMatchObject({
        status: 422,
        body: { reason: 'CONTRACT_IN_APPROVAL' },
      });
      await until('the request', PATIENT_MS, async () => (await asked()).length === 1);
      const [approval] = await asked();
      expect((await agent.ask('POST', `/v1/approvals/${approval}:decide`, { approve: true })).status).toBe(403);
      await boss.post(`/v1/approvals/${approval}:decide`, { approve: false, reason: '折扣过高' });
      await until('the draft', PATIENT_MS, async () => (await state()) === 'CONTRACT_STATE_DRAFT');
      expect(await agent.get(`/v1/contracts/${id}`)).toMatchObject({ decisionReason: '折扣过高' });
    });

    it('holds once it is approved, and counts from then on', async () => {
      await agent.post(`/v1/contracts/${id}:submit`);
      await until('the request', PATIENT_MS, async () => (await asked()).length === 1);
      const [approval] = await asked();
      await boss.post(`/v1/approvals/${approval}:decide`, { approve: true });
      await until('the contract', PATIENT_MS, async () => (await state()) === 'CONTRACT_STATE_EFFECTIVE');
      const period = { fromDate: '2026-01-01', toDate: '2026-12-31' };
      const question = { cube: 'contract', measures: ['agreed_amount', 'sold_amount'], period };
      await until('the figure', PATIENT_MS, async () => {
        const { totals } = await boss.post('/v1/analytics/questions:ask', { question });
        return totals.every(({ value }: { value: string }) => Number(value) === 88_000);
      });
    });
  });
