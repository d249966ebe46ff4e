import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../../deploy/local/paths.ts';
import { madeOnce, type House } from '../house.ts';
import { load, type Loaded } from '../k6.ts';
import { dashboardPlan } from '../measures.ts';
import { tell } from '../report.ts';

const ANALYSTS = 20;
const GUIDE = join(ROOT, 'docs/guide/analyst.md');
/** Beside the questions of the guide: one that reads and sorts every follow-up. */
const HEAVY =
  'select owner_id, content, row_number() over (partition by owner_id order by happen_time desc) as n from activities order by n, owner_id limit 100';

const questions = (): string[] => [
  ...[...readFileSync(GUIDE, 'utf8').matchAll(/```sql\n([^]*?)```/g)].map(([, text]) => text!),
  HEAVY,
];

/** People who may ask, each with a key of their own: one person's statements would wait for each other. */
const makeAnalysts = async ({ admin }: House): Promise<string[]> => {
  const { roles } = await admin.get('/v1/roles');
  const { departments } = await admin.get('/v1/departments');
  const role = roles.find(({ name }: { name: string }) => name === '数据分析师');
  const keys: string[] = [];
  for (let index = 0; index < ANALYSTS; index += 1) {
    const login = `analyst${index}`;
    const employee = { name: `分析师 ${index}`, login, email: `${login}@example.com` };
    const { id } = await admin.post('/v1/employees', {
      ...employee,
      departmentId: departments[0].id,
      roleIds: [role.id],
    });
    const { secret } = await admin.post('/v1/api-keys', { name: 'Bench', employeeId: id, rateLimitPerMinute: 100_000 });
    keys.push(secret);
  }
  return keys;
};

type Asked = { answered: number; refused: Map<string, number> };

/** Asks one question after the other until stopped. */
const analyst = async ({ base }: House, key: string, first: number, asked: Asked, stop: AbortSignal): Promise<void> => {
  const all = questions();
  for (let next = first; !stop.aborted; next += 1)
    try {
      const response = await fetch(`${base}/v1/analytics/sql`, {
        method: 'POST',
        body: all[next % all.length]!,
        headers: { 'x-clickhouse-key': key },
        signal: stop,
      });
      await response.arrayBuffer();
      const reason = response.headers.get('x-pelagic-reason');
      if (reason) asked.refused.set(reason, (asked.refused.get(reason) ?? 0) + 1);
      else asked.answered += 1;
    } catch (error) {
      if (!stop.aborted) throw error;
    }
};

const whileAsked = async (house: House, keys: string[], work: () => Promise<Loaded>): Promise<[Loaded, Asked]> => {
  const stop = new AbortController();
  const asked: Asked = { answered: 0, refused: new Map() };
  const asking = keys.map((key, index) => analyst(house, key, index, asked, stop.signal));
  try {
    return [await work(), asked];
  } finally {
    stop.abort();
    await Promise.all(asking);
  }
};

/** What a dashboard feels of twenty analysts who ask without a pause. */
export const measureAnalysts = async (house: House, seconds: number): Promise<void> => {
  const keys = await madeOnce(house.folder, 'analysts', () => makeAnalysts(house));
  const plan = await dashboardPlan(house, seconds);
  await load({ ...plan, seconds: 5 });
  const before = await load(plan);
  const [during, { answered, refused }] = await whileAsked(house, keys, () => load(plan));
  const after = await load(plan);
  const quiet = (before.p95 + after.p95) / 2;
  const ratio = during.p95 / quiet;
  const turnedAway = [...refused].map(([reason, times]) => `${times} × ${reason}`).join(', ') || 'none refused';
  tell({
    what: `dashboard while ${ANALYSTS} analysts ask`,
    measured: `p95 ${during.p95.toFixed(0)} ms against ${quiet.toFixed(0)} ms: ${ratio.toFixed(2)} × (${during.failed} cards failed; ${answered} statements answered, ${turnedAway})`,
    goal: '≤ 2 ×',
    holds: ratio <= 2 && !during.failed && answered > 0,
  });
};
