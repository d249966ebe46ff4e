import type { Command } from './commands.ts';
import { AMOUNTS, type Span } from './extent.ts';
import type { Organization, Person } from './organization.ts';
import type { Random } from './random.ts';
import {
  activityText,
  companyNames,
  INDUSTRIES,
  LEVELS,
  NEEDS,
  personName,
  phoneNumbers,
  place,
  ROLES,
  SIZES,
  SOURCES,
  TITLES,
} from './words.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** Most customers that did not come of a lead were there early. */
const OLD_FRIENDS = 2;
/** A lead is converted within this time, or not. */
const RIPE_DAYS = 25;

/** Something that a follow-up hangs on: whose it is, and between which moments. */
export type Subject = {
  noun: 'lead' | 'customer' | 'opportunity';
  id: string;
  /** Of a deal. */
  customerId?: string;
  owner: Person;
  from: Date;
  to: Date;
};

/** A moment in working hours (9 to 18 in Shanghai); a bend below 1 makes late ones more frequent, above 1 early ones. */
export const moment = (random: Random, { begin, end }: Span, bend = 0.8): Date => {
  const share = random.next() ** bend;
  const day = new Date(begin.getTime() + share * (end.getTime() - begin.getTime()));
  return atWork(random, day, { begin, end });
};

/** The same day in working hours, unless that is not within the span. */
export const atWork = (random: Random, time: Date, { begin, end }: Span): Date => {
  const day = new Date(time);
  day.setUTCHours(random.whole(1, 9), random.whole(0, 59), random.whole(0, 59), 0);
  return day > end || day < begin ? time : day;
};

export const after = (random: Random, from: Date, daysMax: number, end: Date): Date =>
  new Date(Math.min(from.getTime() + random.whole(10, daysMax * 24 * 60) * MINUTE, end.getTime()));

export type LeadPlan = { person: Person; time: Date; create: Command; convert: boolean; company: string };

/** Three thousand leads over the two years, in the order in which they came in. */
export const planLeads = (random: Random, { sellers, clerk }: Organization, span: Span): LeadPlan[] => {
  const phone = phoneNumbers(random);
  const company = companyNames(random);
  const times = Array.from({ length: AMOUNTS.leads }, () => moment(random, span)).toSorted(
    (a, b) => a.getTime() - b.getTime(),
  );
  const ripeLeads = times.filter((time) => span.end.getTime() - time.getTime() > RIPE_DAYS * DAY).length;
  let converted = 0;
  return times.map((time, index) => {
    const person = random.pick(sellers);
    const { city, region } = place(random);
    const industry = random.pick(INDUSTRIES);
    const byClerk = random.chance(0.4);
    const ripe = span.end.getTime() - time.getTime() > RIPE_DAYS * DAY;
    const convert = ripe && random.chance((AMOUNTS.converted - converted) / Math.max(ripeLeads - index, 1));
    if (convert) converted += 1;
    const name = personName(random, person.abroad);
    const firm = company(industry, city, person.abroad);
    const lead = {
      name,
      company: random.chance(0.85) || convert ? firm : '',
      title: random.pick(TITLES),
      phones: random.chance(0.92) ? [phone(person.abroad)] : [],
      emails: [`lead${index + 1}@example.com`],
      source: random.pick(SOURCES),
      industry,
      region,
      address: `${city}市`,
      ...(!byClerk && { ownerId: person.id }),
    };
    return {
      person,
      time,
      convert,
      company: lead.company,
      create: {
        rpc: 'crm.customer.v1.LeadService/CreateLead',
        request: { lead },
        actor: byClerk ? clerk.id : person.id,
        time,
      },
    };
  });
};

export type CustomerPlan = { person: Person; time: Date; create: Command };

export const planCustomers = (random: Random, { sellers }: Organization, span: Span): CustomerPlan[] => {
  const phone = phoneNumbers(random);
  const company = companyNames(random);
  const times = Array.from({ length: AMOUNTS.customers }, () => moment(random, span, OLD_FRIENDS)).toSorted(
    (a, b) => a.getTime() - b.getTime(),
  );
  return times.map((time, index) => {
    const person = random.pick(sellers);
    const { city, region } = place(random);
    const industry = random.pick(INDUSTRIES);
    const customer = {
      // A second word keeps these apart from the companies of the leads.
      name: `${company(industry, city, person.abroad).replace(/有限公司$/, '')}${person.abroad ? ' Group' : '控股有限公司'}`,
      kind: 'CUSTOMER_KIND_COMPANY',
      phones: [phone(person.abroad)],
      emails: [`customer${index + 1}@example.com`],
      industry,
      region,
      address: `${city}市`,
      level: random.pick(LEVELS),
      size: random.pick(SIZES),
      source: random.pick(SOURCES),
    };
    return {
      person,
      time,
      create: { rpc: 'crm.customer.v1.CustomerService/CreateCustomer', request: { customer }, actor: person.id, time },
    };
  });
};

export const planContact = (
  random: Random,
  customerId: string,
  person: Person,
  time: Date,
  index: number,
): Command => ({
  rpc: 'crm.customer.v1.ContactService/CreateContact',
  request: {
    contact: {
      name: personName(random, person.abroad),
      customerId,
      title: random.pick(TITLES),
      decisionRole: random.pick(ROLES),
      emails: [`contact${index + 1}@example.com`],
      phones: random.chance(0.7) ? [`139${String(20_000_000 + index * 13)}`] : [],
    },
  },
  actor: person.id,
  time,
});

export const dealAmount = (random: Random): string =>
  String(Math.round(Math.exp(9.6 + random.next() * 3.4) / 100) * 100);

export const planDeal = (
  random: Random,
  customerId: string,
  person: Person,
  time: Date,
): { request: object; name: string } => {
  const name = random.pick(NEEDS);
  const close = new Date(time.getTime() + random.whole(20, 150) * DAY).toISOString().slice(0, 10);
  const foreign = person.abroad && random.chance(0.7);
  return {
    name,
    request: {
      opportunity: {
        name,
        customerId,
        amount: { amount: dealAmount(random), currency: foreign ? 'USD' : 'CNY' },
        expectedCloseDate: close,
        source: random.pick(SOURCES),
        nextStep: '确认需求',
      },
    },
  };
};

/** Follow-ups of one subject: some over its life, the last with a next contact date that may be due by now. */
export const planActivities = (random: Random, subject: Subject, count: number, end: Date): Command[] => {
  const times = Array.from(
    { length: count },
    () =>
      new Date(
        subject.from.getTime() +
          MINUTE +
          random.next() * Math.max(subject.to.getTime() - subject.from.getTime() - 2 * MINUTE, 1),
      ),
  )
    .filter((time) => time < end)
    .map((time) => atWork(random, time, { begin: subject.from, end: subject.to < end ? subject.to : end }))
    .toSorted((a, b) => a.getTime() - b.getTime());
  return times.map((time, index) => {
    const kind = random.pick(['CALL', 'CALL', 'VISIT', 'MAIL', 'NOTE']);
    const last = index === times.length - 1;
    const next =
      last && random.chance(0.25)
        ? new Date(end.getTime() + random.whole(-5, 12) * DAY)
        : new Date(time.getTime() + random.whole(2, 14) * DAY);
    const nextContactDate = random.chance(last ? 0.5 : 0.3)
      ? (next > time ? next : new Date(time.getTime() + DAY)).toISOString().slice(0, 10)
      : undefined;
    return {
      rpc: 'crm.customer.v1.ActivityService/CreateActivity',
      request: {
        activity: {
          kind: `ACTIVITY_KIND_${kind}`,
          subjectNoun: subject.noun,
          subjectId: subject.id,
          content: activityText(random, kind),
          ...(nextContactDate && { nextContactDate }),
        },
      },
      actor: subject.owner.id,
      time,
    };
  });
};
