import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CUBES } from '../cubes/catalogue.ts';
import { DEALS, DEPARTMENTS, PEOPLE, smallEnterprise } from '../testing/enterprise.ts';
import { asking, BOSS, drilling, log, openHouse, reader, type House } from '../testing/house.ts';
import { storyteller } from '../testing/story.ts';
import { rebuild } from './rebuild.ts';

const ALWAYS = { fromDate: '2025-01-01', toDate: '2026-12-31' };
const at = (date: string) => ({ at: `${date}T04:00:00Z`, date });

let house: House;
let ask: ReturnType<typeof asking>;

beforeAll(async () => {
  house = await openHouse('facts');
  ask = asking(house);
});
afterAll(() => house?.close());

const figures = async (): Promise<string[]> =>
  (
    await ask(BOSS, {
      cube: 'opportunity',
      measures: ['new_count', 'new_amount', 'won_amount', 'open_count', 'open_amount'],
      period: ALWAYS,
    })
  ).totals.map(({ value }) => value);

describe('facts', () => {
  it('come out the same in whatever order the events arrive', async () => {
    const { told } = smallEnterprise();
    const first = told.filter(({ noun }) => noun !== 'opportunity');
    const deals = told.filter(({ noun }) => noun === 'opportunity');
    // The last versions first, as after a repair: every event alone, so that each finds the facts of those before it.
    await house.tell(first);
    for (const event of deals.toReversed()) await house.tell([event]);
    expect(await figures()).toEqual(['6', '2750.55', '2000.00', '1', '200.55']);
    const byOwner = await ask(BOSS, {
      cube: 'opportunity',
      measures: ['new_count', 'won_count'],
      dimensions: ['owner'],
      period: ALWAYS,
      orderBy: 'owner',
    });
    expect(byOwner.rows.map(({ labels, cells }) => [labels[0], ...cells.map(({ value }) => value)])).toEqual([
      ['Ann', '4', '2'],
      ['Bob', '2', '1'],
    ]);
  });

  it('agree with the movements: what stands is what is open', async () => {
    const [row] = await house.engine.query(`select
      (select count() from opportunity final where deleted = 0 and state = 'OPPORTUNITY_STATE_OPEN') as facts,
      (select countIf(moves.state[-1] = 'OPPORTUNITY_STATE_OPEN' and moves.until[-1] = '2299-12-31') from opportunity final) as movements`);
    expect(row).toEqual({ facts: '1', movements: '1' });
  });

  it.each([5_000, 2])('are made anew from the event log, %i events at once', async (sliceEvents) => {
    const before = await figures();
    const { events, refused } = await house.counting.pausedFor(() =>
      rebuild({ engine: house.engine, directory: house.directory, log, sliceEvents }),
    );
    expect([events > 20, refused]).toEqual([true, 0]);
    expect(await figures()).toEqual(before);
  });

  it('are mended from the streams when ClickHouse lost them, and the log with them', async () => {
    const before = await figures();
    for (const table of ['event_log', 'directory', 'opportunity_change', 'opportunity'])
      await house.engine.execute(`truncate table ${table}`);
    expect(await figures()).toEqual(['0', '0.00', '0.00', '0', '0.00']);
    expect(await house.counting.reread()).toBeGreaterThan(20);
    expect(await figures()).toEqual(before);
    // A second time nothing is counted twice, and what comes next is counted once.
    await house.counting.reread();
    expect(await figures()).toEqual(before);
    const [logged] = await house.engine.query<{ twice: string }>(
      'select count() - uniqExact(id) as twice from event_log final',
    );
    expect(logged).toEqual({ twice: '0' });
  });

  it('hold what the columns of their cube say', async () => {
    for (const { noun, columns } of CUBES.values()) {
      for (const table of [`${noun}_change`, noun]) {
        const found = await house.engine.query<{ name: string; type: string }>(
          'select name, type from system.columns where database = currentDatabase() and table = {table:String}',
          { table },
        );
        const types = Object.fromEntries(found.map(({ name, type }) => [name, type]));
        expect(types).toMatchObject(
          Object.fromEntries(Object.entries(columns).map(([name, { type }]) => [name, type])),
        );
      }
    }
  });
});

describe('custom fields', () => {
  it('are columns, dimensions and measures once they are defined', async () => {
    const story = storyteller();
    const define = (slug: string, kind: string, more: object = {}) =>
      story.create(
        'crm.sales.custom_field.defined.v1',
        {
          noun: 'opportunity',
          slug,
          label: `字段${slug}`,
          labelEn: `Field ${slug}`,
          kind: `CUSTOM_FIELD_KIND_${kind}`,
          ...more,
        },
        at('2026-01-01'),
      );
    define('product', 'CHOICE', {
      choices: [
        { slug: 'gtx_pro', label: 'GTX专业', labelEn: 'GTX Pro' },
        { slug: 'mg', label: 'MG', labelEn: 'MG' },
      ],
    });
    define('tags', 'CHOICES', {
      choices: [
        { slug: 'hot', label: '热', labelEn: 'Hot' },
        { slug: 'new', label: '新', labelEn: 'New' },
      ],
    });
    define('seats', 'NUMBER');
    define('budget', 'MONEY');
    define('engineer', 'EMPLOYEE');
    define('kickoff', 'DATE');
    define('remark', 'TEXT');
    const deal = (custom: object) =>
      story.create(
        'crm.sales.opportunity.created.v1',
        {
          name: 'Custom',
          state: 'OPPORTUNITY_STATE_OPEN',
          createDate: '2024-05-05',
          amount: { amount: '10', currency: 'CNY', baseAmount: '10' },
          custom,
        },
        at('2024-05-05'),
      );
    deal({
      product: { choices: { ids: ['gtx_pro'] } },
      tags: { choices: { ids: ['hot', 'new'] } },
      seats: { number: '12.5' },
      budget: { money: { amount: '7', currency: 'USD', baseAmount: '50.00' } },
      engineer: { employeeId: PEOPLE.cat },
    });
    deal({
      product: { choices: { ids: ['mg'] } },
      tags: { choices: { ids: ['hot'] } },
      kickoff: { date: '2026-01-01' },
      remark: { text: 'x' },
    });
    deal({});
    await house.tell(story.told);
    const period = { fromDate: '2024-01-01', toDate: '2024-12-31' };
    const by = async (dimension: string) =>
      (
        await ask(BOSS, {
          cube: 'opportunity',
          measures: ['new_count', 'custom.seats', 'custom.budget'],
          dimensions: [dimension],
          period,
          orderBy: dimension,
        })
      ).rows.map(({ labels, cells }) => [labels[0], ...cells.map(({ value }) => value)]);
    expect(await by('custom.product')).toEqual([
      ['', '1', '0', '0.00'],
      ['GTX Pro', '1', '12.5', '50.00'],
      ['MG', '1', '0', '0.00'],
    ]);
    expect(await by('custom.tags')).toEqual([
      ['', '1', '0', '0.00'],
      ['Hot', '2', '12.5', '50.00'],
      ['New', '1', '12.5', '50.00'],
    ]);
    expect(await by('custom.engineer')).toEqual([
      ['', '2', '0', '0.00'],
      ['Cat', '1', '12.5', '50.00'],
    ]);
    const question = { cube: 'opportunity', measures: ['new_count'], dimensions: ['custom.tags'], period };
    const drill = drilling(house);
    expect([
      (await drill(BOSS, question, 'new_count', ['hot'])).total,
      (await drill(BOSS, question, 'new_count', [''])).total,
      (await drill(BOSS, question, 'new_count', [])).total,
    ]).toEqual(['2', '1', '3']);
    const blind = reader({ 'opportunity.read': 'ALL' }, { fields: { opportunity: { hidden: ['custom.product'] } } });
    await expect(ask(blind, { ...question, dimensions: ['custom.product'] })).rejects.toMatchObject({
      fields: [{ field: 'question.dimensions[0]' }],
    });
  });
});

describe('contacts and follow-ups', () => {
  it('are seen with the record that they hang on', async () => {
    const story = storyteller();
    const owner = { ownerId: PEOPLE.ann, departmentId: DEPARTMENTS.alpha };
    const mine = story.create('crm.customer.customer.created.v1', { name: 'Initech', ...owner }, at('2026-01-10'));
    const contact = (customerId: string) =>
      story.create('crm.customer.contact.created.v1', { name: 'Peter', customerId, ...owner }, at('2026-01-11'));
    const follow = (subjectNoun: string, subjectId: string, kind: string) =>
      story.create(
        'crm.customer.activity.created.v1',
        {
          kind: `ACTIVITY_KIND_${kind}`,
          subjectNoun,
          subjectId,
          content: 'Spoke to them',
          happenTime: '2026-01-12T17:30:00Z',
          ...owner,
        },
        at('2026-01-12'),
      );
    contact(mine);
    follow('customer', mine, 'CALL');
    follow('opportunity', DEALS.one, 'VISIT');
    follow('opportunity', DEALS.four, 'NOTE');
    await house.tell(story.told.splice(0));
    const counts = async (caller = BOSS) =>
      (
        await ask(caller, {
          cube: 'activity',
          measures: ['count', 'call_count', 'visit_count', 'note_count'],
          period: { fromDate: '2026-01-13', toDate: '2026-01-13' },
        })
      ).totals.map(({ value }) => value);
    // 17:30 in UTC is the next day in Shanghai.
    expect(await counts()).toEqual(['3', '1', '1', '1']);
    const everywhere = { 'activity.read': 'ALL', 'contact.read': 'ALL' } as const;
    expect(
      await counts(reader({ ...everywhere, 'customer.read': 'OWN', 'opportunity.read': 'OWN' }, { id: PEOPLE.ann })),
    ).toEqual(['2', '1', '1', '0']);
    expect(await counts(reader({ ...everywhere, 'opportunity.read': 'ALL' }))).toEqual(['2', '0', '1', '1']);
    // They have no scope of their own, as in lists.
    expect(await counts(reader({ 'activity.read': 'OWN', 'opportunity.read': 'ALL' }))).toEqual(['2', '0', '1', '1']);
    // Given to Bob: whoever sees the customer sees its contact, and Ann keeps the credit.
    story.change(
      'crm.customer.customer.assigned.v1',
      mine,
      { ownerId: PEOPLE.bob, departmentId: DEPARTMENTS.beta },
      at('2026-02-01'),
    );
    await house.tell(story.told);
    const contacts = async (id: string) =>
      (
        await ask(reader({ ...everywhere, 'customer.read': 'OWN' }, { id }), {
          cube: 'contact',
          measures: ['new_count'],
          dimensions: ['owner'],
          period: ALWAYS,
        })
      ).rows.map(({ labels }) => labels[0]);
    expect([await contacts(PEOPLE.ann), await contacts(PEOPLE.bob)]).toEqual([[], ['Ann']]);
  });
});

describe('the trace', () => {
  it('runs on from the events into the insert', async () => {
    const exporter = new InMemorySpanExporter();
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
    const traceparents = ['a', 'b'].map((digit) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`);
    const story = storyteller();
    for (const traceparent of traceparents)
      story.create(
        'crm.customer.lead.created.v1',
        { name: 'Traced', state: 'LEAD_STATE_NEW' },
        { ...at('2026-01-01'), traceparent },
      );
    // While the ingest waits its turn both are published, so that one batch holds them.
    await house.counting.pausedFor(() => house.publish(story.told));
    await house.settled();
    const spans = exporter.getFinishedSpans().filter(({ name }) => name === 'clickhouse insert');
    expect(spans).toHaveLength(1);
    expect(spans[0]).toMatchObject({
      kind: SpanKind.CLIENT,
      parentSpanContext: { traceId: 'a'.repeat(32), spanId: 'a'.repeat(16) },
    });
    expect(spans[0]!.links.map(({ context: linked }) => linked.traceId)).toEqual(['b'.repeat(32)]);
    trace.disable();
  });
});
