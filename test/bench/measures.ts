import type { Person } from '../mesh/person.ts';
import { enter, headOfRegion, headOfTeam, REGIONS, seller } from './data/organization.ts';
import { PAIR_OF, rarePair } from './data/records.ts';
import type { House } from './house.ts';
import type { Plan } from './k6.ts';

export const CLIENTS = 16;

/** (a) of the table: two of seven states and one of twenty sources. */
const FILTER = encodeURIComponent('(state = NEW OR state = CONTACTING) AND source = "source-3"');

const headersOf = ({ cookie }: Person): Record<string, string> => ({
  cookie,
  'content-type': 'application/json',
  'sec-fetch-site': 'same-origin',
});

const inTurn = async <T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> => {
  const made: T[] = [];
  for (let index = 0; index < count; index += 1) made.push(await make(index));
  return made;
};

/** Leads entered by sixteen who sell, each for themselves: as the form sends them. */
export const createPlan = async (house: House, seconds: number): Promise<Plan> => ({
  name: 'create a lead',
  requests: [
    {
      method: 'POST',
      url: `${house.base}/v1/leads`,
      body: JSON.stringify({
        name: '海达有限公司 {n}',
        company: '公司',
        phones: ['139{n}'],
        source: 'source-1',
        industry: 'industry-2',
      }),
    },
  ],
  people: await inTurn(CLIENTS, async (index) => headersOf(await enter(house, seller(index)))),
  seconds,
  // Numbers that no earlier run had: a phone that is known already would be matched.
  first: Math.floor(Date.now() / 100) % 90_000_000,
});

/** The token that leads to a page of 50. Throws when the list ends before, or a page is not full. */
const tokenOf = async (person: Person, path: string, page: number): Promise<string> => {
  let token = '';
  for (let at = 1; at < page;) {
    const size = Math.min(200, (page - at) * 50);
    const { leads, nextPageToken } = await person.get(
      `${path}&pageSize=${size}&pageToken=${encodeURIComponent(token)}`,
    );
    if (leads.length !== size || !nextPageToken) throw new Error(`${path} ends before page ${page}`);
    token = nextPageToken;
    at += size / 50;
  }
  return token;
};

/** A page of fifty leads, asked for by the heads of all regions: each sees a tenth of the owners. */
export const listPlan = async (house: House, page: number, seconds: number, filtered: boolean): Promise<Plan> => {
  const path = `/v1/leads?${filtered ? `filter=${FILTER}` : ''}`;
  const person = await enter(house, headOfRegion(3));
  const token = await tokenOf(person, path, page);
  const url = `${path}&pageSize=50&pageToken=${encodeURIComponent(token)}`;
  const { leads } = await person.get(url);
  if (leads.length !== 50) throw new Error(`${url}: ${leads.length} leads and not 50`);
  return {
    name: `list ${filtered ? 'filtered ' : ''}page ${page}`,
    requests: [{ method: 'GET', url: `${house.base}${url}` }],
    people: [headersOf(person)],
    seconds,
  };
};

/** Names that contain two rare characters, other ones with each request; scope over a thousandth of the owners or over all. */
export const searchPlan = async (house: House, rows: number, all: boolean, seconds: number): Promise<Plan> => {
  const pairs = Array.from({ length: 200 }, (_, index) => rarePair((index * 97) % Math.floor(rows / PAIR_OF)));
  const { leads } = await house.admin.get(
    `/v1/leads?pageSize=50&filter=${encodeURIComponent(`name : "${pairs[0]!}"`)}`,
  );
  if (leads.length !== PAIR_OF) throw new Error(`${pairs[0]!} is in ${leads.length} names and not in ${PAIR_OF}`);
  const people = all
    ? [headersOf(house.admin)]
    : await inTurn(REGIONS, async (region) => headersOf(await enter(house, headOfTeam(region))));
  return {
    name: `search ${all ? 'all' : 'a thousandth'}`,
    requests: pairs.map((pair) => ({
      method: 'GET',
      url: `${house.base}/v1/leads?pageSize=50&filter=${encodeURIComponent(`name : "${pair}"`)}`,
    })),
    people,
    seconds,
  };
};

const dayBefore = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/** The cards of the dashboard over a year: name → path and body. */
export const cards = (): Record<string, { path: string; body: object }> => {
  const period = { fromDate: dayBefore(365), toDate: dayBefore(0) };
  const compare = { fromDate: dayBefore(730), toDate: dayBefore(366) };
  const ask = (question: object) => ({
    path: '/v1/analytics/questions:ask',
    body: { question: { period, ...question } },
  });
  const funnel = (noun: string, kind: string) => ({
    path: '/v1/analytics/funnels:get',
    body: { noun, kind: `FUNNEL_KIND_${kind}`, period },
  });
  return {
    'brief of deals': ask({
      cube: 'opportunity',
      measures: ['new_count', 'new_amount', 'won_count', 'won_amount', 'win_rate', 'open_amount'],
      compare,
    }),
    'brief of leads': ask({ cube: 'lead', measures: ['new_count', 'converted_count'], compare }),
    'won by month': ask({
      cube: 'opportunity',
      measures: ['won_amount'],
      grain: 'PERIOD_GRAIN_MONTH',
      compare,
      limit: 800,
    }),
    'open by month': ask({
      cube: 'opportunity',
      measures: ['open_amount'],
      grain: 'PERIOD_GRAIN_MONTH',
      limit: 800,
    }),
    'follow-ups by day': ask({ cube: 'activity', measures: ['count'], grain: 'PERIOD_GRAIN_DAY', limit: 800 }),
    'won by owner': ask({
      cube: 'opportunity',
      measures: ['won_amount'],
      dimensions: ['owner'],
      orderBy: 'won_amount',
      limit: 10,
    }),
    'won by branch': ask({
      cube: 'opportunity',
      measures: ['won_amount'],
      dimensions: ['branch'],
      orderBy: 'won_amount',
      limit: 10,
    }),
    'leads by source': ask({ cube: 'lead', measures: ['new_count'], dimensions: ['source'], limit: 20 }),
    'lost by reason': ask({ cube: 'opportunity', measures: ['lost_count'], dimensions: ['lost_reason'], limit: 20 }),
    'funnel now': funnel('opportunity', 'SNAPSHOT'),
    'funnel of those that came': funnel('opportunity', 'COHORT'),
    'funnel of steps taken': funnel('opportunity', 'TRANSITION'),
  };
};

export const cardPlan = async (house: House, name: string, seconds: number): Promise<Plan> => {
  const { path, body } = cards()[name]!;
  const people = await inTurn(4, async (region) => headersOf(await enter(house, headOfRegion(region))));
  return {
    name,
    requests: [{ method: 'POST', url: `${house.base}${path}`, body: JSON.stringify(body) }],
    people,
    seconds,
    clients: 1,
  };
};

/** All cards in turn, as one who looks at the dashboard asks them. */
export const dashboardPlan = async (house: House, seconds: number): Promise<Plan> => {
  const plans = await inTurn(Object.keys(cards()).length, (index) =>
    cardPlan(house, Object.keys(cards())[index]!, seconds),
  );
  return { ...plans[0]!, name: 'dashboard', requests: plans.flatMap(({ requests }) => requests) };
};
