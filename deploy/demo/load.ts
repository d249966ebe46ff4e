import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConversionServiceService } from '@pelagic/proto/crm/customer/v1/conversion';
import { EnterpriseServiceService } from '@pelagic/proto/crm/identity/v1/enterprise';
import { ExchangeRate } from '@pelagic/proto/crm/identity/v1/enterprise';
import { CustomField, CustomFieldServiceService } from '@pelagic/proto/crm/capability/v1/custom_field';
import { PipelineServiceService, type Pipeline } from '@pelagic/proto/crm/sales/v1/pipeline';
import { TimelineServiceService } from '@pelagic/proto/crm/customer/v1/timeline';
import { connect } from '@pelagic/chassis/client';
import { addressOf, runCommands, runLanes, type Command } from './commands.ts';
import { planMoves, type Deal } from './deals.ts';
import { makeOrganization, PASSWORD, type Organization, type Person } from './organization.ts';
import { seeded, type Random } from './random.ts';
import {
  after,
  AMOUNTS,
  dealAmount,
  moment,
  planActivities,
  planContact,
  planCustomers,
  planDeal,
  planLeads,
  type Span,
  type Subject,
} from './story.ts';

/**
 * The demo enterprise: forty people, two years that end yesterday, all through the services' own rules at a simulated
 * time. The same seed and end date make the same records, numbers and sums.
 */
const SEED = 20_260_801;
const DAY = 86_400_000;
const LANES = 3;

const say = (line: string) => console.log(line);
const day = (date: Date) => date.toISOString().slice(0, 10);

const laneOf = (commands: Command[][]): Command[][] => {
  const lanes: Command[][] = Array.from({ length: LANES }, () => []);
  for (const [index, story] of commands.entries()) lanes[index % LANES]!.push(...story);
  return lanes;
};

const settings = async ({ admin, token, today }: Organization, span: Span): Promise<void> => {
  const at = { token: await token(admin.id, today, span.begin) };
  const enterprise = connect(EnterpriseServiceService, addressOf('identity'));
  for (const [currency, rate] of [
    ['USD', '7.15'],
    ['EUR', '7.80'],
    ['SGD', '5.35'],
  ] as const) {
    await enterprise.setExchangeRate(
      { exchangeRate: ExchangeRate.fromJSON({ currency, fromDate: day(span.begin), rate }) },
      at,
    );
  }
  await enterprise.setExchangeRate(
    {
      exchangeRate: ExchangeRate.fromJSON({
        currency: 'USD',
        fromDate: day(new Date((span.begin.getTime() + span.end.getTime()) / 2)),
        rate: '7.25',
      }),
    },
    at,
  );
  const define = (service: string, field: object) =>
    connect(CustomFieldServiceService, addressOf(service)).createCustomField(
      { service, customField: CustomField.fromJSON(field) },
      at,
    );
  const choices = (labels: [string, string, string][]) =>
    labels.map(([slug, label, labelEn]) => ({ slug, label, labelEn }));
  await define('sales', {
    noun: 'opportunity',
    slug: 'product_line',
    label: '产品线',
    labelEn: 'Product line',
    kind: 'CUSTOM_FIELD_KIND_CHOICE',
    choices: choices([
      ['standard', '标准版', 'Standard'],
      ['professional', '专业版', 'Professional'],
      ['flagship', '旗舰版', 'Flagship'],
      ['service', '服务', 'Services'],
    ]),
  });
  await define('customer', {
    noun: 'customer',
    slug: 'cooperation',
    label: '合作意向',
    labelEn: 'Interest',
    kind: 'CUSTOM_FIELD_KIND_CHOICE',
    choices: choices([
      ['high', '高', 'High'],
      ['medium', '中', 'Medium'],
      ['low', '低', 'Low'],
    ]),
  });
  await define('customer', {
    noun: 'lead',
    slug: 'budget',
    label: '预算',
    labelEn: 'Budget',
    kind: 'CUSTOM_FIELD_KIND_MONEY',
  });
};

/** Waits for what the services tell each other: people in the directories, opportunities in the timeline. */
const until = async (what: string, holds: () => Promise<boolean>, seconds = 60): Promise<void> => {
  const end = Date.now() + seconds * 1_000;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await sleep(100);
  }
};

const convertLeads = async (
  org: Organization,
  pipeline: Pipeline,
  leads: { id: string; person: Person; time: Date; company: string }[],
  random: Random,
  span: Span,
  deals: Deal[],
  contacts: Subject[],
): Promise<void> => {
  const conversions = connect(ConversionServiceService, addressOf('customer'));
  for (const { id, person, time, company } of leads) {
    const at = after(random, time, 25, span.end);
    const amount = dealAmount(random);
    const withDeal = random.chance(0.9);
    const { conversion } = await conversions.convertLead(
      {
        id,
        customerName: company,
        contactName: '',
        createOpportunity: withDeal,
        opportunity: {
          name: '首次采购',
          amount,
          currency: 'CNY',
          expectedCloseDate: day(new Date(at.getTime() + random.whole(20, 120) * DAY)),
          pipelineId: pipeline.id,
        },
        ignoreWarnings: true,
        version: 0,
        validateOnly: false,
      },
      { token: await org.token(person.id, org.today, at), timeoutMs: 20_000 },
    );
    contacts.push({ noun: 'customer', id: conversion!.customerId, owner: person, from: at, to: span.end });
    if (conversion?.opportunityId)
      deals.push({ id: conversion.opportunityId, person, time: at, customerId: conversion.customerId });
  }
};

const main = async (): Promise<void> => {
  const random = seeded(SEED);
  const midnight = new Date(`${day(new Date())}T00:00:00Z`);
  // Two years that end with yesterday's working day.
  const span: Span = {
    begin: new Date(midnight.getTime() - 731 * DAY),
    end: new Date(midnight.getTime() - 14 * 3_600_000),
  };
  const org = await makeOrganization({
    random,
    link: process.env['BOOTSTRAP_LINK'] ?? '',
    begin: new Date(span.begin.getTime() - DAY),
    middle: day(new Date(midnight.getTime() - 365 * DAY)),
    today: day(new Date()),
  });
  say(`组织 organization: ${org.people.length} people`);
  const pipelines = connect(PipelineServiceService, addressOf('sales'));
  let pipeline: Pipeline | undefined;
  await until('the default pipeline', async () => {
    pipeline = (
      await pipelines.listPipelines(
        { includeInactive: false },
        { token: await org.token(org.admin.id, org.today, span.end) },
      )
    ).pipelines[0];
    return pipeline !== undefined;
  });
  await settings(org, span);

  const leadPlans = planLeads(random, org, span);
  const leads = await runCommands<{ lead: { id: string } }>(
    'customer',
    leadPlans.map(({ create }) => create),
    org.token,
    org.today,
  );
  say(`线索 leads: ${leads.length}`);
  const customerPlans = planCustomers(random, org, span);
  const customers = await runCommands<{ customer: { id: string } }>(
    'customer',
    customerPlans.map(({ create }) => create),
    org.token,
    org.today,
  );
  const contactCommands = Array.from({ length: AMOUNTS.contacts }, (_, index) => {
    const which = index % customers.length;
    const plan = customerPlans[which]!;
    return planContact(
      random,
      customers[which]!.customer.id,
      plan.person,
      after(random, plan.time, 20, span.end),
      index,
    );
  });
  await runCommands('customer', contactCommands, org.token, org.today);
  say(`客户与联系人 customers and contacts: ${customers.length}, ${contactCommands.length}`);

  const stories = leadPlans.map((plan, index) => leadStory(random, plan, leads[index]!.lead.id, span));
  await runLanes('customer', laneOf(stories), org.token, org.today);
  say(`跟进 lead follow-ups: ${stories.flat().length}`);

  const deals: Deal[] = [];
  const subjects: Subject[] = customers.map(({ customer }, index) => ({
    noun: 'customer',
    id: customer.id,
    owner: customerPlans[index]!.person,
    from: customerPlans[index]!.time,
    to: span.end,
  }));
  const chosen = leadPlans.flatMap(({ convert, person, time, company }, index) =>
    convert ? [{ id: leads[index]!.lead.id, person, time: new Date(time.getTime() + 16 * DAY), company }] : [],
  );
  await convertLeads(org, pipeline!, chosen, random, span, deals, subjects);
  say(`转化 conversions: ${chosen.length}`);

  const dealPlans = Array.from({ length: AMOUNTS.deals }, () => {
    const which = random.whole(0, customers.length - 1);
    const plan = customerPlans[which]!;
    const time = moment(random, { begin: plan.time, end: span.end });
    return {
      ...planDeal(random, customers[which]!.customer.id, plan.person, time),
      customerId: customers[which]!.customer.id,
      person: plan.person,
      time,
    };
  }).toSorted((a, b) => a.time.getTime() - b.time.getTime());
  const made = await runCommands<{ opportunity: { id: string } }>(
    'sales',
    dealPlans.map(({ request, person, time }) => ({
      rpc: 'crm.sales.v1.OpportunityService/CreateOpportunity',
      request,
      actor: person.id,
      time,
    })),
    org.token,
    org.today,
  );
  deals.push(
    ...made.map(({ opportunity }, index) => ({
      id: opportunity.id,
      person: dealPlans[index]!.person,
      time: dealPlans[index]!.time,
      customerId: dealPlans[index]!.customerId,
    })),
  );
  say(`商机 opportunities: ${deals.length}`);

  subjects.push(
    ...deals.map((deal): Subject => ({
      noun: 'opportunity',
      id: deal.id,
      owner: deal.person,
      from: deal.time,
      to: new Date(Math.min(deal.time.getTime() + 90 * DAY, span.end.getTime())),
    })),
  );
  const timeline = connect(TimelineServiceService, addressOf('customer'));
  await until('the opportunities in the customer service', async () => {
    const last = deals.at(-1)!;
    await timeline.listTimeline(
      { noun: 'opportunity', recordId: last.id, kinds: [], actorId: '', pageSize: 1, pageToken: '' },
      { token: await org.token(org.admin.id, org.today, span.end) },
    );
    return true;
  });
  const followUps = AMOUNTS.activities - stories.flat().filter(({ rpc }) => rpc.endsWith('CreateActivity')).length;
  const each = Math.ceil(followUps / subjects.length);
  const activities = subjects.map((subject) => planActivities(random, subject, each, span.end));
  const moves = deals.map((deal) => planMoves(random, deal, pipeline!, span.end));
  await Promise.all([
    runLanes('customer', laneOf(activities), org.token, org.today),
    runLanes('sales', laneOf(moves), org.token, org.today),
  ]);
  say(`跟进与推进 follow-ups and moves: ${activities.flat().length}, ${moves.flat().length}`);

  const logins = org.people.filter(({ login }) =>
    ['admin', 'chen', 'zhao', 'lead1', 'sales1', 'sales2', 'clerk', 'analyst'].includes(login),
  );
  await writeFile(
    process.env['DEMO_LOGINS']!,
    JSON.stringify(
      logins.map(({ login, name, role, team }) => ({ login, password: PASSWORD, name, role: `${role} · ${team}` })),
    ),
  );
};

/** What happens to a lead until it is converted or given up: assigned, followed up, qualified or not. */
const leadStory = (
  random: Random,
  { person, time, create, convert }: ReturnType<typeof planLeads>[number],
  id: string,
  span: Span,
): Command[] => {
  const story: Command[] = [];
  const assigned = create.actor === person.id;
  let at = time;
  if (!assigned && (convert || random.chance(0.9))) {
    at = after(random, at, 2, span.end);
    story.push({
      rpc: 'crm.customer.v1.LeadService/AssignLead',
      request: { id, ownerId: person.id },
      actor: create.actor,
      time: at,
    });
  }
  if (!assigned && !story.length) return story;
  const to = new Date(Math.min(at.getTime() + 12 * DAY, span.end.getTime()));
  const calls = planActivities(
    random,
    { noun: 'lead', id, owner: person, from: at, to },
    random.whole(convert ? 1 : 0, 3),
    span.end,
  );
  story.push(...calls);
  const end = new Date(Math.min(to.getTime() + DAY, span.end.getTime()));
  const set = (state: string, reason = '') =>
    story.push({
      rpc: 'crm.customer.v1.LeadService/SetLeadState',
      request: { id, state: `LEAD_STATE_${state}`, ...(reason && { reason }) },
      actor: person.id,
      time: end,
    });
  if (convert) set('QUALIFIED');
  else if (random.chance(0.25)) set('INVALID', random.pick(['空号', '没有需求', '重复线索', '不在服务区域']));
  else if (calls.length && random.chance(0.2)) set('QUALIFIED');
  return story;
};

await main();
