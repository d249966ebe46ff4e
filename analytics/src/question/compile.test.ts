import { describe, expect, it } from 'vitest';
import { treeOf } from '../directory/tree.ts';
import type { Directory } from '../directory/directory.ts';
import { compileCohort, compileSnapshot, compileTransition, type Funnel } from '../funnel/noun-funnel.ts';
import { DEPARTMENTS, PEOPLE } from '../testing/enterprise.ts';
import { BOSS, questionOf, reader } from '../testing/house.ts';
import { asked } from './asked.ts';
import { compile, withoutKeys, type Compiled } from './compile.ts';
import { compilePage, compileTotal } from './records.ts';
import { recordsOf } from './rows.ts';
import type { Circumstances } from './source.ts';

const { hq, east, west, alpha } = DEPARTMENTS;
const placed = (id: string, ...placements: [string | undefined, string][]) => ({
  id,
  placements: placements.map(([parentId, fromDate]) => ({ parentId, fromDate })),
});
const tree = treeOf([
  placed(hq, [undefined, '2025-01-01']),
  placed(east, [hq, '2025-01-01']),
  placed(west, [hq, '2025-01-01']),
  placed(alpha, [east, '2025-01-01'], [west, '2026-07-01']),
]);

const directory: Directory = {
  employees: new Map(),
  departments: new Map(),
  pipelines: new Map(),
  queues: new Map(),
  products: new Map(),
  productCategories: new Map(),
  pipelineRevisions: [],
  tags: [],
  customFields: [
    // Retired, and answered to who still asks by it.
    { noun: 'opportunity', slug: 'tags', label: '标签', labelEn: 'Tags', kind: 'CHOICES', choices: [], retired: true },
  ],
  tree,
};
const around = (caller = BOSS): Circumstances => ({
  caller,
  tree,
  fiscalStart: 4,
  now: new Date('2026-11-21T08:00:00Z'),
  today: '2026-11-21',
});

const PERIOD = { fromDate: '2026-01-01', toDate: '2026-06-30' };
const understood = (question: Record<string, unknown>, caller = BOSS) =>
  asked(questionOf({ cube: 'opportunity', period: PERIOD, ...question }), directory, caller);

/** The text and the values of a statement, as they are committed: a change of what is asked of the engine is seen in review. */
const golden = async ({ sql, params }: Compiled, name: string): Promise<void> => {
  await expect(`${sql}\n\n-- ${JSON.stringify(params)}\n`).toMatchFileSnapshot(`golden/${name}.sql`);
};

const own = reader(
  { 'opportunity.read': 'OWN', 'customer.read': 'DEPARTMENT' },
  { id: PEOPLE.ann, departmentIds: [alpha] },
);
const team = reader(
  {
    'activity.read': 'ALL',
    'lead.read': 'SUBORDINATES',
    'customer.read': 'ALL',
    'analytics.read': 'DEPARTMENT_AND_BELOW',
  },
  { id: PEOPLE.bob, subordinateIds: [PEOPLE.ann], belowIds: [west, alpha] },
);

describe('a question compiles to', () => {
  it('totals', () => golden(compile(understood({ measures: ['won_amount', 'win_rate'] }), around()), 'totals'));

  it('figures of several dates beside those of another period', () =>
    golden(
      compile(
        understood({
          measures: ['new_count', 'won_amount', 'open_amount'],
          dimensions: ['owner'],
          grain: 'PERIOD_GRAIN_QUARTER',
          compare: { fromDate: '2025-01-01', toDate: '2025-06-30' },
          limit: 20,
        }),
        around(),
      ),
      'compare',
    ));

  it('branches by the tree of the business date, for a department and the records of one reader', () =>
    golden(
      compile(
        understood(
          {
            measures: ['win_rate'],
            dimensions: ['branch'],
            organization: { departmentId: hq },
            filters: [{ dimension: 'department', values: [west] }],
          },
          own,
        ),
        around(own),
      ),
      'branch',
    ));

  it('dimensions of the customer and of a custom field', () =>
    golden(
      compile(
        understood(
          {
            measures: ['new_amount'],
            dimensions: ['customer_industry', 'custom.tags'],
            filters: [{ dimension: 'custom.tags', values: ['hot', ''] }],
            orderBy: 'custom.tags',
          },
          own,
        ),
        around(own),
      ),
      'customer-and-custom',
    ));

  it('what is seen with other records only', () =>
    golden(
      compile(
        asked(
          questionOf({ cube: 'activity', measures: ['count'], dimensions: ['kind'], period: PERIOD }),
          directory,
          team,
        ),
        around(team),
      ),
      'seen-with',
    ));

  it('a page of the rows behind a figure, and their total', async () => {
    const clicked = {
      asked: understood({ measures: ['open_amount'], dimensions: ['stage'], grain: 'PERIOD_GRAIN_MONTH' }, own),
      keys: ['2026-03-01', 's1'],
    };
    const measure = clicked.asked.measures[0]!;
    await golden(compilePage(recordsOf({ ...clicked, measure }, around(own)), 50, ['2026-02-01', 'x']), 'rows');
    await golden(compileTotal(recordsOf({ ...clicked, measure }, around(own))), 'rows-total');
  });

  it('funnels by their three definitions', async () => {
    const funnel: Funnel = {
      asked: { ...withoutKeys(understood({ measures: ['new_count'], organization: { departmentId: east } })) },
      path: {
        steps: [
          { key: 's1', label: '' },
          { key: 's2', label: '' },
          { key: 'won', label: '' },
        ],
        drops: ['lost', 'invalid'],
        excluded: ['invalid'],
        reason: 'lost_reason',
        pipelineId: '',
      },
      around: around(),
    };
    await golden(compileSnapshot(funnel), 'funnel-snapshot');
    await golden(compileCohort(funnel), 'funnel-cohort');
    await golden(compileTransition(funnel), 'funnel-transition');
  });
});

it('holds a condition on time, scope and the recycle bin in every part', () => {
  for (const measure of ['new_count', 'won_count', 'open_count']) {
    const { sql } = compile(understood({ measures: [measure] }, own), around(own));
    expect(sql).toMatch(/deleted = 0 and \(owner_id = \{p\d+:String\} or arrayExists/);
    expect(sql).toMatch(/between \{p\d+:Date32\}|date <= \{p\d+:Date32\}/);
  }
});
