import { until, type Person } from './person.ts';

/** What a contract is that holds already. */
export type Agreed = { name: string; customerId: string; amount: string; ownerId?: string; signDate?: string };

const DAY = '2026-03-01';
const FIELDS = { 合同: 'name', 客户: 'customerId', 金额: 'amount', 签订: 'signDate', 开始: 'startDate', 状态: 'state' };
/** Sales hears of a customer within this, milliseconds. */
const KNOWN_WITHIN_MS = 30_000;

const bringIn = async (
  admin: Person,
  { name, customerId, amount, ownerId, signDate = DAY }: Agreed,
): Promise<string | undefined> => {
  const { number } = await admin.get(`/v1/customers/${customerId}`);
  const rows = [Object.keys(FIELDS), [name, number, amount, signDate, signDate, '已生效']];
  const file = Buffer.from(rows.map((row) => row.join(',')).join('\n'));
  const settings = {
    fileId: await admin.upload('sales', 'contracts.csv', file),
    mapping: Object.entries(FIELDS).map(([column, field]) => ({ column, field })),
    onMatch: 'MATCH_ACTION_SKIP',
    history: true,
    ...(ownerId && { defaultOwnerId: ownerId }),
  };
  let job = await admin.post('/v1/sales/imports', { noun: 'contract', settings });
  await until(`the import of contract ${name}`, KNOWN_WITHIN_MS, async () => {
    job = await admin.get(`/v1/sales/jobs/${job.id}`);
    return !['JOB_STATE_QUEUED', 'JOB_STATE_RUNNING'].includes(job.state);
  });
  const { contracts } = await admin.get(`/v1/contracts?filter=${encodeURIComponent(`name = "${name}"`)}`);
  return contracts[0]?.id;
};

/** A contract that is effective, without asking anybody to approve it: as the past is brought in. */
export const bringAgreed = async (admin: Person, agreed: Agreed): Promise<string> => {
  let id: string | undefined;
  await until(`contract ${agreed.name}`, KNOWN_WITHIN_MS, async () => Boolean((id = await bringIn(admin, agreed))));
  return id!;
};
