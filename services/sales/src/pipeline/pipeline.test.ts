import type { Pipeline } from '@pelagic/proto/crm/sales/v1/pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { english, everything, newDeal, startSalesService } from '../testing.ts';
import { defaultPipeline, ensurePipeline } from './default-pipeline.ts';

type Started = Awaited<ReturnType<typeof startSalesService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let admin: Person;

const create = async (changes: Partial<Pipeline>) =>
  (await admin.pipelines.createPipeline({ pipeline: english({ default: false, ...changes }), requestId: '' }))
    .pipeline!;
const input = (
  { createTime: _, updateTime: __, ...pipeline }: Pipeline,
  changes: Partial<Pipeline> = {},
): Pipeline => ({ ...pipeline, id: '', revision: 0, createTime: undefined, updateTime: undefined, ...changes });
const update = async (pipeline: Pipeline, changes: Partial<Pipeline>) =>
  (await admin.pipelines.updatePipeline({ id: pipeline.id, pipeline: input(pipeline, changes) })).pipeline!;
const list = async (includeInactive = false) => (await admin.pipelines.listPipelines({ includeInactive })).pipelines;

beforeAll(async () => {
  started = await startSalesService();
  admin = await started.person({ permissions: everything('ALL') });
});
afterAll(() => started.stop());

describe('the default pipeline', () => {
  it('waits for the enterprise, comes in its language and comes once', async () => {
    expect(await ensurePipeline(started.database)).toBe(false);
    const part = defaultPipeline({ database: started.database, log: started.seam.log });
    await part.start();
    await started.database.sql
      .insertInto('directory_enterprise')
      .values({ one: true, state: JSON.stringify({ locale: 'zh-CN' }) })
      .execute();
    await expect.poll(async () => (await list()).length).toBe(1);
    await part.stop();
    expect(await Promise.all([ensurePipeline(started.database), ensurePipeline(started.database)])).toEqual([
      true,
      true,
    ]);
    const [pipeline] = await list();
    expect(pipeline).toMatchObject({ default: true, active: true, revision: 1, version: 1 });
    expect(pipeline?.stages.map(({ name, probability }) => [name, probability])).toEqual([
      ['初步接洽', 10],
      ['需求确认', 30],
      ['方案报价', 50],
      ['商务谈判', 80],
      ['赢单', 100],
      ['输单', 0],
      ['无效', 0],
    ]);
    expect(pipeline?.stages[2]?.requiredFields).toEqual(['customer_id']);
    const [event] = await started.events(pipeline!.id);
    expect(event).toMatchObject({
      subject: 'crm.sales.pipeline.created.v1',
      version: 1,
      event: { actorid: 'sales', data: { pipeline: { name: '标准销售流程' } } },
    });
  });

  it('is always one, active and for everybody', async () => {
    const second = await create({ name: 'Second' });
    const [standard] = (await list()).filter((pipeline) => pipeline.default);
    await expect(update(standard!, { default: false })).rejects.toMatchObject({
      fields: [{ field: 'pipeline.default', reason: 'DEFAULT_NEEDED' }],
    });
    await expect(update(second, { default: true, active: false })).rejects.toMatchObject({
      fields: [{ field: 'pipeline.active', reason: 'DEFAULT_IS_ACTIVE' }],
    });
    await expect(update(second, { default: true, departmentIds: [admin.departmentId] })).rejects.toMatchObject({
      fields: [{ reason: 'DEFAULT_IS_FOR_ALL' }],
    });
    await update(second, { default: true });
    expect((await list()).filter((pipeline) => pipeline.default).map(({ name }) => name)).toEqual(['Second']);
    expect((await started.events(standard!.id)).at(-1)).toMatchObject({
      subject: 'crm.sales.pipeline.updated.v1',
      event: { data: { before: { default: true } } },
    });
  });

  it('stays one when many make theirs the default at once', async () => {
    const made = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => create({ name: `Race ${index}`, default: true })),
    );
    expect(made.every(({ status }) => status === 'fulfilled')).toBe(true);
    expect((await list()).filter((pipeline) => pipeline.default)).toHaveLength(1);
  });
});

describe('a pipeline', () => {
  it('names every wrong field at once and is known by its name', async () => {
    const stages = english().stages.map((stage, index) => ({
      ...stage,
      probability: index === 4 ? 95 : index === 5 ? 3 : stage.probability,
    }));
    await expect(create({ name: 'Wrong', stages })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      fields: [{ field: 'pipeline.stages[4].probability' }, { field: 'pipeline.stages[5].probability' }],
    });
    await expect(create({ name: 'Wrong', stages: [{ ...stages[0]!, probability: 101 }] })).rejects.toMatchObject({
      fields: [{ field: 'pipeline.stages[0].probability', reason: 'OUT_OF_RANGE' }],
    });
    await create({ name: 'Twice' });
    await expect(create({ name: 'twice' })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      fields: [{ field: 'pipeline.name', reason: 'DUPLICATE' }],
    });
  });

  it('keeps stage ids, and gives a new revision to deals to come only', async () => {
    const first = await create({ name: 'Versioned' });
    const { deals } = admin;
    const { opportunity } = await deals.createOpportunity(newDeal({ name: 'Old', pipelineId: first.id }));
    const renamed = await update(first, { name: 'Versioned, renamed' });
    expect(renamed.revision).toBe(1);
    const extra = { ...english().stages[1]!, id: '', name: 'Trial' };
    const second = await update(renamed, { stages: [first.stages[0]!, extra, ...first.stages.slice(1)] });
    expect(second).toMatchObject({ revision: 2, version: 3 });
    expect(second.stages.filter(({ id }) => first.stages.some((stage) => stage.id === id))).toHaveLength(7);
    expect((await deals.getOpportunity({ id: opportunity!.id })).opportunity?.pipelineRevision).toBe(1);
    expect((await admin.pipelines.getPipeline({ id: first.id, revision: 1 })).pipeline?.stages).toEqual(first.stages);
    expect((await admin.pipelines.getPipeline({ id: first.id, revision: 0 })).pipeline?.stages).toEqual(second.stages);
    for (const revision of [9, 4_294_967_295])
      await expect(admin.pipelines.getPipeline({ id: first.id, revision })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
    await expect(update(renamed, { name: 'Late' })).rejects.toMatchObject({
      code: 'ABORTED',
      reason: 'VERSION_STALE',
      params: { version: '3' },
    });
  });

  it('cannot take a stage of another one, also of one that went by', async () => {
    const one = await create({ name: 'One' });
    await update(one, { stages: one.stages.slice(1) });
    await expect(
      create({ name: 'Thief', stages: one.stages.map((stage, index) => (index ? { ...stage, id: '' } : stage)) }),
    ).rejects.toMatchObject({ fields: [{ field: 'pipeline.stages[0].id', reason: 'STAGE_OF_ANOTHER' }] });
  });

  it('needs the permission to be changed, and none to be read', async () => {
    const reader = await started.person({ permissions: {} });
    expect((await reader.pipelines.listPipelines({ includeInactive: true })).pipelines.length).toBeGreaterThan(1);
    await expect(
      reader.pipelines.createPipeline({ pipeline: english({ name: 'No' }), requestId: '' }),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  it('out of use takes no new deals', async () => {
    const former = await create({ name: 'Former', active: false });
    const make = (pipelineId: string) => admin.deals.createOpportunity(newDeal({ name: 'New', pipelineId }));
    await expect(make(former.id)).rejects.toMatchObject({
      fields: [{ field: 'opportunity.pipelineId', reason: 'PIPELINE_NOT_ACTIVE' }],
    });
    const others = await create({ name: 'Others', departmentIds: ['018f0000-0000-7000-8000-000000000000'] });
    await expect(make(others.id)).rejects.toMatchObject({ fields: [{ reason: 'PIPELINE_OF_OTHERS' }] });
    const own = await create({ name: 'Own', departmentIds: [admin.departmentId] });
    expect((await make('')).opportunity?.pipelineId).toBe(own.id);
    expect((await list(true)).length).toBe((await list()).length + 1);
  });
});
