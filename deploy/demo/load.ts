import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { PipelineServiceService, type Pipeline } from '@pelagic/proto/crm/sales/v1/pipeline';
import { TimelineServiceService } from '@pelagic/proto/crm/customer/v1/timeline';
import { connect } from '@pelagic/chassis/client';
import { makeCampaigns } from './campaigns.ts';
import { addressOf, runCommands, runLanes, type Command } from './commands.ts';
import { makeContracts } from './contracts.ts';
import { convertLeads } from './conversions.ts';
import { planMoves, type Deal } from './deals.ts';
import { AMOUNTS, MIDDLE, SPAN, type Span } from './extent.ts';
import { leadStory } from './lead-story.ts';
import { makeOrganization, PASSWORD, type Organization, type Person } from './organization.ts';
import { seeded, type Random } from './random.ts';
import { makeSchedules } from './schedules.ts';
import { settleEnterprise } from './settings.ts';
import { makeTags, type Tagging } from './tags.ts';
import { makeTargets } from './targets.ts';
import { makeTasks } from './tasks.ts';
import { makeTickets } from './tickets.ts';
import { makeWorkLogs } from './work-logs.ts';
import {
  after,
  moment,
  planActivities,
  planContact,
  planCustomers,
  planDeal,
  planLeads,
  type CustomerPlan,
  type Subject,
} from './story.ts';

/**
 * The demo enterprise: forty-three people, two years that end yesterday, all through the services' own rules at a simulated
 * time. The same seed and end date make the same records, numbers and sums: chance is drawn before anything runs side by
 * side, and what gets a number is made in order.
 */
const SEED = 20_260_801;
const DAY = 86_400_000;
const LANES = 3;
/** Of the follow-ups, how many go to customers and deals that do not come of a lead. */
const OLD_SHARE = 0.85;
const LOGINS = ['admin', 'chen', 'zhao', 'lead1', 'sales1', 'sales2', 'clerk', 'service1', 'analyst'];

const say = (line: string) => console.log(line);
const day = (date: Date) => date.toISOString().slice(0, 10);

const lanesOf = (stories: Command[][]): Command[][] => {
  const lanes: Command[][] = Array.from({ length: LANES }, () => []);
  for (const [index, story] of stories.entries()) lanes[index % LANES]!.push(...story);
  return lanes;
};

/** Waits for what the services tell each other: people in the directories, opportunities in the timeline. */
const until = async (what: string, holds: () => Promise<boolean>, seconds = 60): Promise<void> => {
  const end = Date.now() + seconds * 1_000;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await sleep(100);
  }
};

const defaultPipeline = async (org: Organization, at: Date): Promise<Pipeline> => {
  const pipelines = connect(PipelineServiceService, addressOf('sales'));
  let pipeline: Pipeline | undefined;
  await until('the default pipeline', async () => {
    const token = await org.token(org.admin.id, org.today, at);
    pipeline = (await pipelines.listPipelines({ includeInactive: false }, { token })).pipelines[0];
    return pipeline !== undefined;
  });
  return pipeline!;
};

type KnownCustomer = { id: string; plan: CustomerPlan };

const planContacts = (random: Random, customers: KnownCustomer[], span: Span): Command[] =>
  Array.from({ length: AMOUNTS.contacts }, (_, index) => {
    const { id, plan } = customers[index % customers.length]!;
    return planContact(random, id, plan.person, after(random, plan.time, 20, span.end), index);
  });

const planDeals = (random: Random, customers: KnownCustomer[], span: Span) =>
  Array.from({ length: AMOUNTS.deals }, () => {
    const { id: customerId, plan } = random.pick(customers);
    const time = moment(random, { begin: plan.time, end: span.end });
    const { request } = planDeal(random, customerId, plan.person, time);
    return { request, customerId, person: plan.person, time };
  }).toSorted((a, b) => a.time.getTime() - b.time.getTime());

/** The deals that do not come of a lead. */
const makeDeals = async (org: Organization, plans: ReturnType<typeof planDeals>, tagged: Tagging): Promise<Deal[]> => {
  const rpc = 'crm.sales.v1.OpportunityService/CreateOpportunity';
  const commands = plans.map(({ request, person, time }) =>
    tagged('opportunity', { rpc, request, actor: person.id, time }),
  );
  const made = await runCommands<{ opportunity: { id: string } }>('sales', commands, org.token, org.today);
  return made.map(({ opportunity }, index) => {
    const { person, time, customerId } = plans[index]!;
    return { id: opportunity.id, person, time, customerId };
  });
};

const known = async (org: Organization, deal: Deal, at: Date): Promise<void> => {
  const timeline = connect(TimelineServiceService, addressOf('customer'));
  const request = { noun: 'opportunity', recordId: deal.id, kinds: [], actorId: '', pageSize: 1, pageToken: '' };
  await until('the opportunities in the customer service', async () => {
    await timeline.listTimeline(request, { token: await org.token(org.admin.id, org.today, at) });
    return true;
  });
};

/**
 * Follow-ups of customers and deals, so that with those of the leads there are as many as promised. Those of one customer
 * come in one lane: a contact about a deal is one of its customer, which two lanes would wait for crosswise.
 */
const planFollowUps = (random: Random, subjects: Subject[], count: number, end: Date): Command[][] => {
  let left = count;
  const lanes: Command[][] = Array.from({ length: LANES }, () => []);
  const laneOf = new Map<string, number>();
  for (const [index, subject] of subjects.entries()) {
    const each = Math.ceil(left / (subjects.length - index));
    const planned = planActivities(random, subject, each, end);
    left -= planned.length;
    const customerId = subject.customerId ?? subject.id;
    const lane = laneOf.get(customerId) ?? laneOf.size % LANES;
    laneOf.set(customerId, lane);
    lanes[lane]!.push(...planned);
  }
  return lanes;
};

const customerSubject = (id: string, owner: Person, from: Date, to: Date): Subject => ({
  noun: 'customer',
  id,
  owner,
  from,
  to,
});

const dealSubject = (deal: Deal, end: Date): Subject => ({
  noun: 'opportunity',
  id: deal.id,
  customerId: deal.customerId,
  owner: deal.person,
  from: deal.time,
  to: new Date(Math.min(deal.time.getTime() + 90 * DAY, end.getTime())),
});

/** What people planned, did and wrote down for themselves. */
const tellOffice = async (org: Organization, owned: { person: Person; customerId: string }[], span: Span) => {
  say(`任务 tasks: ${await makeTasks(org, owned, span)}`);
  say(`日程 schedules: ${await makeSchedules(org, owned, span)}`);
  const sellers = [...new Map(owned.map(({ person }) => [person.id, person])).values()];
  say(`日志 work logs: ${await makeWorkLogs(org, sellers, span)}`);
};

/** Leads with what happens to them, customers, contacts, deals and follow-ups; the two services work side by side. */
const tellStory = async (org: Organization, pipeline: Pipeline, random: Random, span: Span): Promise<void> => {
  const { token, today } = org;
  const make = <T>(commands: Command[]) => runCommands<T>('customer', commands, token, today);
  const tagged = await makeTags(org, span);
  const leadPlans = planLeads(random, org, span);
  say(`市场活动 campaigns: ${await makeCampaigns(org, leadPlans, span)}`);
  const madeLeads = await make<{ lead: { id: string } }>(leadPlans.map(({ create }) => tagged('lead', create)));
  const leads = leadPlans.map((plan, index) => ({ plan, id: madeLeads[index]!.lead.id }));
  say(`线索 leads: ${leads.length}`);

  const customerPlans = planCustomers(random, org, span);
  const madeCustomers = await make<{ customer: { id: string } }>(
    customerPlans.map(({ create }) => tagged('customer', create)),
  );
  const customers = customerPlans.map((plan, index) => ({ plan, id: madeCustomers[index]!.customer.id }));
  const contacts = planContacts(random, customers, span);
  const stories = leads.map(({ plan, id }) => leadStory(random, plan, id, span));
  const dealPlans = planDeals(random, customers, span);
  const [deals] = await Promise.all([
    makeDeals(org, dealPlans, tagged),
    make(contacts).then(() => runLanes('customer', lanesOf(stories), token, today)),
  ]);
  say(
    `客户、联系人与跟进 customers, contacts, follow-ups of leads: ${customers.length}, ${contacts.length}, ${stories.flat().length}`,
  );

  await known(org, deals.at(-1)!, span.end);
  const told = stories.flat().filter(({ rpc }) => rpc.endsWith('CreateActivity')).length;
  const toTell = AMOUNTS.activities - told;
  const moves = deals.map((deal) => planMoves(random, deal, pipeline, span.end));
  const subjects = [
    ...customers.map(({ plan, id }) => customerSubject(id, plan.person, plan.time, span.end)),
    ...deals.map((deal) => dealSubject(deal, span.end)),
  ];
  const followUps = planFollowUps(random, subjects, Math.round(toTell * OLD_SHARE), span.end);
  const [converted, tickets] = await Promise.all([
    convertLeads(org, { leads, pipelineId: pipeline.id, random, span }),
    makeTickets(org, customers, span),
    runLanes('sales', lanesOf(moves), token, today),
    runLanes('customer', followUps, token, today),
  ]);
  say(`工单 tickets: ${tickets}`);
  say(
    `转化与商机 conversions and opportunities: ${converted.customers.length}, ${deals.length + converted.deals.length}`,
  );

  await known(org, converted.deals.at(-1)!, span.end);
  const lastMoves = converted.deals.map((deal) => planMoves(random, deal, pipeline, span.end));
  const newSubjects = [...converted.customers, ...converted.deals.map((deal) => dealSubject(deal, span.end))];
  const lastFollowUps = planFollowUps(random, newSubjects, toTell - followUps.flat().length, span.end);
  await Promise.all([
    runLanes('customer', lastFollowUps, token, today),
    runLanes('sales', lanesOf(lastMoves), token, today),
  ]);
  const owned = customers.map(({ plan, id }) => ({ person: plan.person, customerId: id, from: plan.time }));
  const [{ contracts, receipts, brought }] = await Promise.all([
    makeContracts(org, owned, span),
    tellOffice(org, owned, span),
  ]);
  say(`合同与回款 contracts and receipts: ${contracts}, ${receipts}`);
  say(`业绩目标 targets: ${await makeTargets(org, brought, span)}`);
  const amount = told + [...followUps, ...lastFollowUps].flat().length;
  say(`跟进与推进 follow-ups and moves: ${amount}, ${[...moves, ...lastMoves].flat().length}`);
};

const main = async (): Promise<void> => {
  const random = seeded(SEED);
  const org = await makeOrganization({
    random,
    link: process.env['BOOTSTRAP_LINK'] ?? '',
    begin: new Date(SPAN.begin.getTime() - DAY),
    middle: day(MIDDLE),
    today: day(new Date()),
  });
  say(`组织 organization: ${org.people.length} people`);
  const pipeline = await defaultPipeline(org, SPAN.end);
  await settleEnterprise(org, SPAN);
  await tellStory(org, pipeline, random, SPAN);
  const logins = org.people
    .filter(({ login }) => LOGINS.includes(login))
    .map(({ login, name, role, team }) => ({ login, password: PASSWORD, name, role: `${role} · ${team}` }));
  await writeFile(process.env['DEMO_LOGINS']!, JSON.stringify(logins));
};

await main();
