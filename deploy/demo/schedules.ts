import { runCommands } from './commands.ts';
import { AMOUNTS, type Span } from './extent.ts';
import type { Organization, Person } from './organization.ts';
import { seeded } from './random.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const SEED = 23;
/** Days before the end, and after it. */
const [BACK, AHEAD] = [60, 14];

const PLANS = [
  { name: '部门周会', place: '三楼会议室', hours: 1, attended: true },
  { name: '拜访客户', place: '客户办公室', hours: 2, attended: false },
  { name: '产品演示', place: '线上会议', hours: 1, attended: true },
  { name: '合同评审', place: '二楼会议室', hours: 1, attended: true },
  { name: '客户来访接待', place: '一楼展厅', hours: 3, attended: false },
];

/** What would fall on a weekend is the Monday after. */
const onWeekday = (midnight: number): number => {
  const day = new Date(midnight).getUTCDay();
  return midnight + (day === 6 ? 2 : day === 0 ? 1 : 0) * DAY;
};

type Known = { person: Person; customerId: string };

/** What the sellers planned around the end of the story, in working hours of Shanghai. Draws chance of its own. */
export const makeSchedules = async (org: Organization, customers: Known[], span: Span): Promise<number> => {
  const random = seeded(SEED);
  const midnight = Math.floor(span.end.getTime() / DAY) * DAY;
  const commands = Array.from({ length: AMOUNTS.schedules }, () => {
    const { person, customerId } = random.pick(customers);
    const { name, place, hours, attended } = random.pick(PLANS);
    const start = onWeekday(midnight + random.whole(-BACK, AHEAD) * DAY) + random.whole(1, 8) * HOUR;
    const schedule = {
      name,
      place,
      startTime: new Date(start).toISOString(),
      endTime: new Date(start + hours * HOUR).toISOString(),
      reminderMinutes: 15,
      ...(attended
        ? { participantIds: [random.pick(customers).person.id] }
        : { recordNoun: 'customer', recordId: customerId }),
    };
    const time = new Date(Math.min(start - random.whole(1, 10) * DAY, span.end.getTime()));
    return { rpc: 'crm.office.v1.ScheduleService/CreateSchedule', request: { schedule }, actor: person.id, time };
  }).toSorted((a, b) => a.time.getTime() - b.time.getTime());
  await runCommands('office', commands, org.token, org.today);
  return commands.length;
};
