import { runCommands, type Command } from './commands.ts';
import { AMOUNTS, type Span } from './extent.ts';
import type { Organization, Person } from './organization.ts';
import { seeded } from './random.ts';

const DAY = 86_400_000;
const SEED = 22;
/** A log is written within a month, so that of an earlier day is one of its evening. */
const EVENING = 10 * 3_600_000;

const DONE = [
  '跟进重点客户，推进报价',
  '拜访客户，确认需求与预算',
  '整理线索，电话回访',
  '准备方案与合同条款',
  '跟进签约与回款',
];
const PLAN = ['继续跟进报价', '安排产品演示', '约客户负责人见面', '补充客户资料', '提交合同审批'];

const isWeekday = (time: number): boolean => ![0, 6].includes(new Date(time).getUTCDay());

/** The sellers' logs of the last working days, each written in the evening. Draws chance of its own. */
export const makeWorkLogs = async (org: Organization, sellers: Person[], span: Span): Promise<number> => {
  const random = seeded(SEED);
  const midnight = Math.floor(span.end.getTime() / DAY) * DAY;
  const commands: Command[] = [];
  for (let back = 1; commands.length < AMOUNTS.workLogs; back += 1) {
    const start = midnight - back * DAY;
    if (!isWeekday(start)) continue;
    for (const person of sellers) {
      if (commands.length >= AMOUNTS.workLogs || random.chance(0.06)) continue;
      const log = {
        date: new Date(start).toISOString().slice(0, 10),
        done: random.pick(DONE),
        plan: random.pick(PLAN),
        submit: true,
      };
      const time = new Date(start + EVENING + random.whole(0, 90) * 60_000);
      commands.push({ rpc: 'crm.office.v1.WorkLogService/SaveWorkLog', request: log, actor: person.id, time });
    }
  }
  commands.sort((a, b) => a.time.getTime() - b.time.getTime());
  await runCommands('office', commands, org.token, org.today);
  return commands.length;
};
