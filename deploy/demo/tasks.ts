import { runCommands, type Command } from './commands.ts';
import { AMOUNTS, type Span } from './extent.ts';
import type { Organization, Person } from './organization.ts';
import { seeded, type Random } from './random.ts';

const DAY = 86_400_000;
const SEED = 21;
/** Days before the end over which they are spread. */
const BACK = 90;

const PLANS: { name: string; steps: string[] }[] = [
  { name: '准备报价方案', steps: ['核对产品清单', '确认折扣', '发送报价'] },
  { name: '寄送样品', steps: ['确认规格', '填写快递单'] },
  { name: '整理客户需求', steps: [] },
  { name: '安排现场演示', steps: ['约时间', '准备环境', '确认参会人'] },
  { name: '补充客户资料', steps: [] },
  { name: '催办合同盖章', steps: [] },
  { name: '回访使用情况', steps: ['电话', '记录反馈'] },
  { name: '更新季度预测', steps: [] },
];
const PRIORITIES = ['LOW', 'NORMAL', 'NORMAL', 'NORMAL', 'HIGH', 'URGENT'];

const day = (time: number) => new Date(time).toISOString().slice(0, 10);

type Plan = { person: Person; create: Command; begun: Date | undefined; done: Date | undefined };

const planTask = (random: Random, { person, customerId }: Known, span: Span): Plan => {
  const end = span.end.getTime();
  const made = end - random.whole(0, BACK * 24) * 3_600_000;
  const due = made + random.whole(1, 14) * DAY;
  const { name, steps } = random.pick(PLANS);
  const finished = made + random.whole(4, 300) * 3_600_000;
  const task = {
    name,
    priority: `TASK_PRIORITY_${random.pick(PRIORITIES)}`,
    dueDate: day(due),
    ...(random.chance(0.3) && { dueClock: random.pick(['09:30', '14:00', '17:30']) }),
    checklist: steps.map((text) => ({ text, done: finished < end })),
    ...(random.chance(0.7) && { recordNoun: 'customer', recordId: customerId }),
  };
  const create = {
    rpc: 'crm.office.v1.TaskService/CreateTask',
    request: { task },
    actor: person.id,
    time: new Date(made),
  };
  const begun = random.chance(0.4) && made + DAY < Math.min(finished, end) ? new Date(made + DAY) : undefined;
  return { person, create, begun, done: finished < end ? new Date(finished) : undefined };
};

type Known = { person: Person; customerId: string };

/** What the sellers had and have to do in the last quarter, most of it about their customers. Draws chance of its own. */
export const makeTasks = async (org: Organization, customers: Known[], span: Span): Promise<number> => {
  const random = seeded(SEED);
  const { token, today } = org;
  const plans = Array.from({ length: AMOUNTS.tasks }, () => planTask(random, random.pick(customers), span)).toSorted(
    (a, b) => a.create.time.getTime() - b.create.time.getTime(),
  );
  const made = await runCommands<{ task: { id: string } }>(
    'office',
    plans.map(({ create }) => create),
    token,
    today,
  );
  const move = (index: number, state: string, time: Date): Command => ({
    rpc: 'crm.office.v1.TaskService/SetTaskState',
    request: { id: made[index]!.task.id, state: `TASK_STATE_${state}` },
    actor: plans[index]!.person.id,
    time,
  });
  const moves = plans.flatMap(({ begun, done }, index) => [
    ...(begun ? [move(index, 'DOING', begun)] : []),
    ...(done ? [move(index, 'DONE', done)] : []),
  ]);
  await runCommands('office', moves, token, today);
  return plans.length;
};
