import { storyteller, type Story } from './story.ts';

/** An enterprise small enough to reckon by hand: two regions, a reorganisation in July, six deals. */

const id = (kind: string, n: number): string => `0${kind}000000-0000-7000-8000-${String(n).padStart(12, '0')}`;

export const DEPARTMENTS = { hq: id('d', 1), east: id('d', 2), west: id('d', 3), alpha: id('d', 4), beta: id('d', 5) };
export const PEOPLE = { ann: id('e', 1), bob: id('e', 2), cat: id('e', 3) };
export const PIPELINE = id('a', 1);
export const STAGES = {
  first: id('b', 1),
  second: id('b', 2),
  third: id('b', 3),
  won: id('b', 4),
  lost: id('b', 5),
  invalid: id('b', 6),
};
export const CUSTOMERS = { acme: id('c', 1), globex: id('c', 2) };
export const DEALS = {
  one: id('f', 1),
  two: id('f', 2),
  three: id('f', 3),
  four: id('f', 4),
  five: id('f', 5),
  six: id('f', 6),
};
export const REORGANISED = '2026-07-01';

const noon = (date: string): string => `${date}T04:00:00Z`;
const at = (date: string) => ({ at: noon(date), date });

const money = (amount: string) => ({ amount, currency: 'CNY', baseAmount: amount });

const people = (story: Story): void => {
  const { hq, east, west, alpha, beta } = DEPARTMENTS;
  story.create(
    'crm.identity.enterprise.updated.v1',
    {
      id: id('9', 1),
      name: 'Test',
      locale: 'en',
      timeZone: 'Asia/Shanghai',
      baseCurrency: 'CNY',
      fiscalYearStartMonth: 1,
      region: 'CN',
    },
    at('2025-01-01'),
  );
  const parents: [string, string, string | undefined][] = [
    [hq, 'HQ', undefined],
    [east, 'East', hq],
    [west, 'West', hq],
    [alpha, 'Alpha', east],
    [beta, 'Beta', west],
  ];
  for (const [department, name, parentId] of parents)
    story.create(
      'crm.identity.department.created.v1',
      {
        id: department,
        name,
        ...(parentId && { parentId }),
        placements: [{ ...(parentId && { parentId }), fromDate: '2025-01-01' }],
      },
      at('2025-01-01'),
    );
  story.change(
    'crm.identity.department.moved.v1',
    alpha,
    {
      parentId: west,
      placements: [
        { parentId: east, fromDate: '2025-01-01' },
        { parentId: west, fromDate: REORGANISED },
      ],
    },
    at('2026-06-20'),
  );
  for (const [name, person, department] of [
    ['Ann', PEOPLE.ann, alpha],
    ['Bob', PEOPLE.bob, beta],
    ['Cat', PEOPLE.cat, hq],
  ] as const)
    story.create(
      'crm.identity.employee.created.v1',
      { id: person, name, departmentId: department, state: 'EMPLOYEE_STATE_ACTIVE' },
      at('2025-01-01'),
    );
};

const pipeline = (story: Story): void => {
  const stage = (key: keyof typeof STAGES, name: string, category: string, probability: number) => ({
    id: STAGES[key],
    name,
    category: `STAGE_CATEGORY_${category}`,
    probability,
  });
  story.create(
    'crm.sales.pipeline.created.v1',
    {
      id: PIPELINE,
      name: 'Standard',
      default: true,
      active: true,
      revision: 1,
      stages: [
        stage('first', 'Prospect', 'PIPELINE', 20),
        stage('second', 'Proposal', 'BEST_CASE', 50),
        stage('third', 'Negotiation', 'COMMIT', 80),
        stage('won', 'Won', 'WON', 100),
        stage('lost', 'Lost', 'LOST', 0),
        stage('invalid', 'Invalid', 'INVALID', 0),
      ],
    },
    at('2025-01-01'),
  );
};

const OWNERS = {
  ann: { ownerId: PEOPLE.ann, departmentId: DEPARTMENTS.alpha },
  bob: { ownerId: PEOPLE.bob, departmentId: DEPARTMENTS.beta },
};

const open = (
  story: Story,
  deal: string,
  who: keyof typeof OWNERS,
  date: string,
  amount: string,
  more: object = {},
): void => {
  story.create(
    'crm.sales.opportunity.created.v1',
    {
      id: deal,
      number: `D-${deal.slice(-1)}`,
      name: `Deal ${deal.slice(-1)}`,
      state: 'OPPORTUNITY_STATE_OPEN',
      stageId: STAGES.first,
      pipelineId: PIPELINE,
      probability: 20,
      amount: money(amount),
      createDate: date,
      source: 'web',
      ...OWNERS[who],
      ...more,
    },
    at(date),
  );
};

const close = (story: Story, deal: string, how: 'won' | 'lost' | 'invalid', date: string, more: object = {}): void => {
  const subject =
    how === 'invalid' ? 'crm.sales.opportunity.invalidated.v1' : (`crm.sales.opportunity.${how}.v1` as const);
  story.change(
    subject,
    deal,
    {
      state: `OPPORTUNITY_STATE_${how.toUpperCase()}`,
      lastStageId: story.state(deal)['stageId'],
      stageId: STAGES[how],
      probability: how === 'won' ? 100 : 0,
      closeDate: date,
      ...more,
    },
    at(date),
  );
};

const deals = (story: Story): void => {
  const { one, two, three, four, five, six } = DEALS;
  open(story, one, 'ann', '2026-03-10', '1000.00', { customerId: CUSTOMERS.acme });
  story.change('crm.sales.opportunity.moved.v1', one, { stageId: STAGES.second, probability: 50 }, at('2026-04-01'));
  close(story, one, 'won', '2026-05-05');
  open(story, two, 'ann', '2026-03-20', '500.00', { customerId: CUSTOMERS.globex, source: 'fair' });
  close(story, two, 'lost', '2026-08-10', { lostReason: 'price' });
  open(story, three, 'ann', '2026-06-15', '300.00', { customerId: CUSTOMERS.acme });
  story.change('crm.sales.opportunity.assigned.v1', three, OWNERS.bob, at('2026-07-15'));
  story.change('crm.sales.opportunity.moved.v1', three, { stageId: STAGES.third, probability: 80 }, at('2026-08-01'));
  close(story, three, 'won', '2026-09-01');
  open(story, four, 'bob', '2026-08-01', '200.55', {
    shares: [{ employeeId: PEOPLE.cat, access: 'SHARE_ACCESS_READ' }],
  });
  open(story, five, 'bob', '2026-08-02', '50.00');
  close(story, five, 'invalid', '2026-08-20');
  story.create(
    'crm.sales.opportunity.created.v1',
    {
      id: six,
      name: 'Deal 6',
      state: 'OPPORTUNITY_STATE_WON',
      stageId: STAGES.won,
      lastStageId: STAGES.third,
      pipelineId: PIPELINE,
      probability: 100,
      amount: money('700.00'),
      createDate: '2025-10-01',
      closeDate: '2025-11-05',
      createTime: noon('2025-10-01'),
      ...OWNERS.ann,
    },
    { at: noon('2026-09-20'), date: '2026-09-20', imported: true },
  );
};

const customers = (story: Story): void => {
  story.create(
    'crm.customer.customer.created.v1',
    { id: CUSTOMERS.acme, name: 'Acme', industry: 'IT', level: 'A', ...OWNERS.ann },
    at('2026-03-01'),
  );
  story.create(
    'crm.customer.customer.created.v1',
    { id: CUSTOMERS.globex, name: 'Globex', industry: 'Retail', level: 'B', ...OWNERS.bob },
    at('2026-03-02'),
  );
};

/** Everything above in the order in which it was told. */
export const smallEnterprise = (): Story => {
  const story = storyteller();
  people(story);
  pipeline(story);
  customers(story);
  deals(story);
  return story;
};
