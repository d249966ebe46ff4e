import { ConversionServiceService } from '@pelagic/proto/crm/customer/v1/conversion';
import { connect } from '@pelagic/chassis/client';
import { dateIn } from '@pelagic/chassis/clock';
import { addressOf } from './commands.ts';
import type { Deal } from './deals.ts';
import { TIME_ZONE, type Organization } from './organization.ts';
import type { Random } from './random.ts';
import type { Span } from './extent.ts';
import { after, dealAmount, type LeadPlan, type Subject } from './story.ts';

const DAY = 86_400_000;
const day = (date: Date) => date.toISOString().slice(0, 10);

const firstDeal = (random: Random, at: Date) => ({
  name: '首次采购',
  amount: dealAmount(random),
  currency: 'CNY',
  expectedCloseDate: day(new Date(at.getTime() + random.whole(20, 120) * DAY)),
});

/** What is to become of a lead, some days after it was qualified. */
const planConversion = (random: Random, { person, time, company }: LeadPlan, id: string, end: Date) => {
  const at = after(random, new Date(time.getTime() + 14 * DAY), 10, end);
  const opportunity = firstDeal(random, at);
  return { id, person, at, company, opportunity, createOpportunity: random.chance(0.9) };
};

type Converted = { deals: Deal[]; customers: Subject[] };
type Conversion = ReturnType<typeof planConversion>;

/** Converts the leads that are to be. Numbers count by year: within one the leads take turns, and the years go side by side. */
export const convertLeads = async (
  { token, today }: Organization,
  {
    leads,
    pipelineId,
    random,
    span,
  }: { leads: { plan: LeadPlan; id: string }[]; pipelineId: string; random: Random; span: Span },
): Promise<Converted> => {
  const conversions = connect(ConversionServiceService, addressOf('customer'));
  const plans = leads
    .filter(({ plan }) => plan.convert)
    .map(({ plan, id }) => planConversion(random, plan, id, span.end));
  const convert = async ({ id, person, at, company, opportunity, createOpportunity }: Conversion) => {
    const request = {
      id,
      customerName: company,
      contactName: '',
      createOpportunity,
      opportunity: { ...opportunity, pipelineId },
      ignoreWarnings: true,
      version: 0,
      validateOnly: false,
    };
    const options = { token: await token(person.id, today, at), timeoutMs: 20_000 };
    return (await conversions.convertLead(request, options)).conversion!;
  };
  const made = new Map<Conversion, Awaited<ReturnType<typeof convert>>>();
  const years = Map.groupBy(plans, ({ at }) => dateIn(TIME_ZONE, at).slice(0, 4));
  await Promise.all(
    [...years.values()].map(async (year) => {
      for (const plan of year) made.set(plan, await convert(plan));
    }),
  );
  return {
    customers: plans.map((plan) => {
      const { person: owner, at: from } = plan;
      return { noun: 'customer', id: made.get(plan)!.customerId, owner, from, to: span.end };
    }),
    deals: plans.flatMap((plan) => {
      const { customerId, opportunityId: id } = made.get(plan)!;
      return id ? [{ id, person: plan.person, time: plan.at, customerId }] : [];
    }),
  };
};
