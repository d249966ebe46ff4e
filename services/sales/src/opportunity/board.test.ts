import type { Pipeline } from '@pelagic/proto/crm/sales/v1/pipeline';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { english, everything, LIST, moveOf, newDeal, startSalesService } from '../testing.ts';

type Started = Awaited<ReturnType<typeof startSalesService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let manager: Person;
let seller: Person;
let pipeline: Pipeline;

const create = async (person: Person, fields: object) =>
  (await person.deals.createOpportunity(newDeal(fields))).opportunity!;
const board = async (person: Person, asked: object = {}) =>
  (await person.deals.getBoard({ pipelineId: pipeline.id, filter: '', query: '', pageSize: 0, ...asked })).columns;
const move = (id: string, stageIndex: number) =>
  manager.deals.moveOpportunity(moveOf(id, pipeline.stages[stageIndex]!.id));

beforeAll(async () => {
  started = await startSalesService();
  manager = await started.person({ permissions: everything('ALL') });
  seller = await started.person({ permissions: { 'opportunity.create': 'OWN', 'opportunity.read': 'OWN' } });
  pipeline = (await manager.pipelines.createPipeline({ pipeline: english(), requestId: '' })).pipeline!;
  await started.database.sql
    .insertInto('directory_rate')
    .values({ id: uuidv7(), currency: 'USD', from_date: '2020-01-01', rate: '7.0015' })
    .execute();
  // Each is worth 70.02 (70.015 rounded) and weighs 7.00: the sums are sums of rounded lines.
  for (let index = 0; index < 5; index += 1)
    await create(index < 2 ? seller : manager, { name: `Small ${index}`, amount: { amount: '10', currency: 'USD' } });
  await create(manager, { name: 'No amount' });
  const { id } = await create(manager, { name: 'Further', amount: { amount: '200' } });
  await move(id, 1);
  await create(manager, {
    name: 'Elsewhere',
    pipelineId: (
      await manager.pipelines.createPipeline({
        pipeline: english({ name: 'Elsewhere', default: false }),
        requestId: '',
      })
    ).pipeline!.id,
  });
});
afterAll(() => started.stop());

it('has a column for every stage with count, sums and the newest cards', async () => {
  const columns = await board(manager, { pageSize: 2 });
  expect(
    columns.map(({ stageName, count, baseAmount, weightedBaseAmount }) => [
      stageName,
      count,
      baseAmount,
      weightedBaseAmount,
    ]),
  ).toEqual([
    ['Contact made', 6, '350.10', '35.00'],
    ['Needs confirmed', 1, '200.00', '60.00'],
    ['Proposal', 0, '0.00', '0.00'],
    ['Negotiation', 0, '0.00', '0.00'],
    ['Won', 0, '0.00', '0.00'],
    ['Lost', 0, '0.00', '0.00'],
    ['Invalid', 0, '0.00', '0.00'],
  ]);
  expect(columns[0]?.opportunities.map(({ name }) => name)).toEqual(['No amount', 'Small 4']);
});

it('goes on with the list of its column', async () => {
  const [column] = await board(manager, { pageSize: 4, filter: 'amount > 0' });
  const filter = `(amount > 0) AND pipeline_id = "${pipeline.id}" AND stage_id = "${column!.stageId}"`;
  const rest = await manager.deals.listOpportunities({ ...LIST, filter, pageToken: column!.nextPageToken });
  expect([...column!.opportunities, ...rest.opportunities].map(({ name }) => name)).toEqual([
    'Small 4',
    'Small 3',
    'Small 2',
    'Small 1',
    'Small 0',
  ]);
});

it('obeys scope, filter, words and hidden fields', async () => {
  const first = async (person: Person, asked?: object) =>
    (await board(person, asked)).map(({ count, baseAmount }) => [count, baseAmount])[0];
  expect(await first(seller)).toEqual([2, '140.04']);
  expect(await first(manager, { filter: `owner_id = "${seller.id}" OR name = "No amount"` })).toEqual([3, '140.04']);
  expect(await first(manager, { query: 'small 3' })).toEqual([1, '70.02']);
  const blind = await started.person({
    permissions: { 'opportunity.read': 'ALL' },
    fields: { opportunity: { masked: ['amount'] } },
  });
  const [column] = await board(blind);
  expect(column).toMatchObject({ count: 6, baseAmount: '', weightedBaseAmount: '' });
  expect(column?.opportunities.every(({ amount }) => amount === undefined)).toBe(true);
  await expect(board(blind, { filter: 'amount > 0' })).rejects.toMatchObject({
    fields: [{ field: 'filter', reason: 'UNKNOWN_FIELD' }],
  });
  await expect(board(manager, { filter: 'name = "a") OR (name = "b"' })).rejects.toMatchObject({
    fields: [{ field: 'filter', reason: 'BAD_FILTER' }],
  });
  await expect(board(manager, { pipelineId: uuidv7() })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('is none for who may not see the stage of a deal, and the deal has been nowhere', async () => {
  const blind = await started.person({
    permissions: { 'opportunity.read': 'ALL' },
    fields: { opportunity: { hidden: ['stageId'] } },
  });
  await expect(board(blind)).rejects.toMatchObject({ reason: 'FIELD_NOT_READABLE', params: { field: 'stageId' } });
  const { opportunities } = await manager.deals.listOpportunities({ ...LIST, query: 'further' });
  const staysFor = async (person: Person) => (await person.deals.listStageStays({ id: opportunities[0]!.id })).stays;
  expect(await staysFor(manager)).toHaveLength(2);
  expect(await staysFor(blind)).toEqual([]);
});

it('shows stages that the pipeline no longer has as long as deals stand there', async () => {
  const stages = pipeline.stages.filter(({ name }) => name !== 'Needs confirmed');
  await manager.pipelines.updatePipeline({ id: pipeline.id, pipeline: english({ stages, version: 1 }) });
  const columns = await board(manager);
  expect(columns.map(({ stageName, former }) => `${stageName}${former ? ' (former)' : ''}`)).toEqual([
    'Contact made',
    'Proposal',
    'Negotiation',
    'Needs confirmed (former)',
    'Won',
    'Lost',
    'Invalid',
  ]);
});
