import { DepartmentServiceService } from '@pelagic/proto/crm/identity/v1/department';
import { WorkingCalendarServiceService } from '@pelagic/proto/crm/identity/v1/working_calendar';
import { connect } from '@pelagic/chassis/client';
import { addressOf, runCommands, type Command } from './commands.ts';
import { AMOUNTS, type Span } from './extent.ts';
import type { Organization, Person } from './organization.ts';
import { seeded, type Random } from './random.ts';
import { atWork, moment } from './story.ts';

const HOUR = 3_600_000;
const SEED = 1_500;
const TICKETS = 'crm.ticket.v1.TicketService';

/** As the State Council announces them: who works in their hours sees that these days do not count. */
const HOLIDAYS: Record<number, string> = {
  2025: `元旦：2025年1月1日放假1天。春节：1月28日至2月4日放假，1月26日、2月8日上班。清明节：4月4日至6日放假。
劳动节：5月1日至5日放假，4月27日上班。端午节：5月31日至6月2日放假。国庆节、中秋节：10月1日至8日放假，9月28日、10月11日上班。`,
  2026: `元旦：2026年1月1日至3日放假，1月4日上班。春节：2月15日至23日放假，2月14日、2月28日上班。清明节：4月4日至6日放假。
劳动节：5月1日至5日放假，5月9日上班。端午节：6月19日至21日放假。中秋节：9月25日至27日放假。国庆节：10月1日至7日放假，9月20日、10月10日上班。`,
};

type Subject = { name: string; type: string; description: string; answer: string; cause: string; solution: string };

const SUBJECTS: Subject[] = [
  {
    name: '登录后页面空白',
    type: 'INCIDENT',
    description: '今天早上开始，登录后只看到空白页，换浏览器也一样。',
    answer: '您好，已收到。请先清除浏览器缓存后重试，我们同时在查日志。',
    cause: '浏览器缓存了旧版本脚本',
    solution: '清除缓存并升级到最新补丁后恢复正常。',
  },
  {
    name: '设备报警停机',
    type: 'INCIDENT',
    description: '三号线设备频繁报警，重启后十分钟又停机，影响生产。',
    answer: '工程师已安排，请保持设备断电，并提供报警代码的照片。',
    cause: '变频器散热风扇故障',
    solution: '现场更换风扇，运行两小时无报警，客户已签字确认。',
  },
  {
    name: '报表导出缺少列',
    type: 'INCIDENT',
    description: '导出的月度报表里没有“实收金额”这一列。',
    answer: '请问导出时使用的是哪个视图？我们按同样的条件复现一下。',
    cause: '视图未勾选该列',
    solution: '在视图设置中勾选“实收金额”，重新导出后列已齐全。',
  },
  {
    name: '申请增加用户账号',
    type: 'REQUEST',
    description: '新入职三位同事，请帮忙开通账号，部门为采购部。',
    answer: '好的，请提供三位同事的姓名和邮箱。',
    cause: '新员工入职',
    solution: '三个账号已开通，初始链接已发到邮箱。',
  },
  {
    name: '发票抬头需要修改',
    type: 'REQUEST',
    description: '上个月的发票抬头写成了旧公司名，请重开。',
    answer: '已转财务核对，请把营业执照发给我们。',
    cause: '客户公司更名未同步',
    solution: '已作废旧发票并重开，电子发票已发送。',
  },
  {
    name: '如何设置审批流程',
    type: 'REQUEST',
    description: '我们想让五万元以上的合同由总经理审批，应该怎么设置？',
    answer: '可以在设置中配置，我把操作手册第 4 章发给您。',
    cause: '不熟悉功能',
    solution: '按手册完成设置，客户已验证通过。',
  },
  {
    name: '接口调用返回超时',
    type: 'INCIDENT',
    description: '昨晚八点以后，订单接口大约一半请求超时。',
    answer: '收到，已升级为紧急处理，每小时向您通报进展。',
    cause: '专线带宽跑满',
    solution: '扩容专线并调整重试间隔，观察一天无超时。',
  },
  {
    name: '到货有破损，申请退换',
    type: 'RETURN',
    description: '昨天到的货有两箱外包装破损，里面的控制板有划痕，申请换货。',
    answer: '非常抱歉，请把签收单和照片发给我们，今天安排换货。',
    cause: '运输途中受潮挤压',
    solution: '已补发两块控制板，旧件由物流取回。',
  },
  {
    name: '工程师未按约定时间到场',
    type: 'COMPLAINT',
    description: '约好上午九点到，下午两点还没有人来，也没有电话。',
    answer: '对不起，我马上联系工程师，一小时内给您确切答复。',
    cause: '排班冲突，未通知客户',
    solution: '主管已致电道歉，当天完成检修，并免除本次上门费用。',
  },
];

const QUEUES = [
  {
    name: '技术支持',
    minutes: { LOW: 2_400, NORMAL: 960, HIGH: 480, URGENT: 120 },
    form: {
      open: true,
      title: '联系技术支持',
      intro: '工作日九点至十八点处理。提交后请保存链接，凭它查看进展、补充说明。',
      consent: '同意为处理此请求而保存以上联系方式。',
      tellsDue: true,
    },
  },
  {
    name: '商务与账务',
    minutes: { LOW: 2_400, NORMAL: 1_440, HIGH: 960, URGENT: 480 },
    form: undefined,
  },
];
const PRIORITIES = ['LOW', 'NORMAL', 'NORMAL', 'NORMAL', 'HIGH', 'URGENT'];
const CHANNELS = ['PHONE', 'PHONE', 'MAIL', 'CHAT', 'FORM'];

const settleCalendar = async (token: string): Promise<void> => {
  const calendars = connect(WorkingCalendarServiceService, addressOf('identity'));
  const { workingCalendars } = await calendars.listWorkingCalendars({ includeInactive: false }, { token });
  const { id } = workingCalendars.find((calendar) => calendar.default)!;
  for (const [year, text] of Object.entries(HOLIDAYS))
    await calendars.importHolidays({ id, year: Number(year), text, version: 0, validateOnly: false }, { token });
};

const openQueues = async ({ admin, token, today }: Organization, span: Span): Promise<string[]> => {
  const at = await token(admin.id, today, span.begin);
  await settleCalendar(at);
  const departments = connect(DepartmentServiceService, addressOf('identity'));
  const present = await departments.listDepartments({ onDate: '', includeClosed: false }, { token: at });
  const departmentId = present.departments.find(({ name }) => name === '客服部')!.id;
  const commands = QUEUES.map(({ name, minutes, form }): Command => {
    const targets = Object.entries(minutes).map(([priority, each]) => ({
      priority: `TICKET_PRIORITY_${priority}`,
      minutes: each,
    }));
    return {
      rpc: 'crm.ticket.v1.QueueService/CreateQueue',
      request: { queue: { name, departmentId, targets, active: true, ...(form && { form }) } },
      actor: admin.id,
      time: span.begin,
    };
  });
  const made = await runCommands<{ queue: { id: string } }>('ticket', commands, token, today);
  return made.map(({ queue }) => queue.id);
};

type Known = { plan: { time: Date }; id: string };
type Plan = { agent: Person; subject: Subject; time: Date; create: Command };

const planTicket = (random: Random, customers: Known[], agents: Person[], queues: string[], span: Span): Plan => {
  const { plan, id: customerId } = random.pick(customers);
  const agent = random.pick(agents);
  const subject = random.pick(SUBJECTS);
  const time = moment(random, { begin: plan.time, end: span.end });
  const { name, description, type } = subject;
  const ticket = {
    ...{ name, description, customerId, ownerId: agent.id },
    type: `TICKET_TYPE_${type}`,
    priority: `TICKET_PRIORITY_${random.pick(PRIORITIES)}`,
    channel: `TICKET_CHANNEL_${random.pick(CHANNELS)}`,
    queueId: queues[name.includes('发票') || name.includes('账号') ? 1 : 0]!,
  };
  return {
    agent,
    subject,
    time,
    create: { rpc: `${TICKETS}/CreateTicket`, request: { ticket }, actor: agent.id, time },
  };
};

/** What is done about a ticket, in its order; what would be after the end is not done yet. */
const storyOf = (random: Random, id: string, { agent, subject, time }: Plan, { begin, end }: Span): Command[] => {
  const command = (rpc: string, request: object, hours: number): Command => ({
    rpc: `${TICKETS}/${rpc}`,
    request,
    actor: agent.id,
    time: new Date(time.getTime() + hours * HOUR),
  });
  const move = (state: string, hours: number, more: object = {}) =>
    command('SetTicketState', { id, state: `TICKET_STATE_${state}`, ...more }, hours);
  const say = (kind: string, body: string, hours: number) =>
    command('AddTicketMessage', { ticketMessage: { ticketId: id, kind: `TICKET_MESSAGE_KIND_${kind}`, body } }, hours);
  const first = random.whole(5, 180) / 60;
  const story = [say('ANSWER', subject.answer, first)];
  if (random.chance(0.04)) return [...story, move('CANCELLED', first + 24)];
  const solved = atWork(random, new Date(time.getTime() + (first + random.whole(2, 96)) * HOUR), { begin, end });
  const hours = Math.max(first + 1, (solved.getTime() - time.getTime()) / HOUR);
  if (random.chance(0.2))
    story.push(move('PENDING_CUSTOMER', first + (hours - first) * 0.3), move('OPEN', first + (hours - first) * 0.8));
  if (random.chance(0.15)) story.push(say('NOTE', '已与研发确认，备件三天内到货。', first + (hours - first) * 0.9));
  story.push(move('SOLVED', hours, { cause: subject.cause, solution: subject.solution }));
  return story.filter(({ time: then }) => then < end);
};

/** What customers asked for over the two years; the last ones are not solved yet. Draws chance of its own. */
export const makeTickets = async (org: Organization, customers: Known[], span: Span): Promise<number> => {
  const random = seeded(SEED);
  const { token, today, agents } = org;
  const queues = await openQueues(org, span);
  const plans = Array.from({ length: AMOUNTS.tickets }, () => planTicket(random, customers, agents, queues, span));
  plans.sort((a, b) => a.time.getTime() - b.time.getTime());
  const creates = plans.map(({ create }) => create);
  const made = await runCommands<{ ticket: { id: string } }>('ticket', creates, token, today);
  const stories = plans.flatMap((plan, index) => storyOf(random, made[index]!.ticket.id, plan, span));
  await runCommands('ticket', stories, token, today);
  return plans.length;
};
