import { forgetDefinitions } from '@pelagic/capabilities/custom-field/definitions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { english } from '../testing.ts';
import { fieldError, openSelling, type Selling } from './testing.ts';

let selling: Selling;

const setRetired = async (retired: boolean): Promise<void> => {
  await selling.started.database.sql
    .updateTable('custom_field')
    .set({ retired })
    .where('slug', '=', 'budget')
    .execute();
  forgetDefinitions('opportunity');
};

beforeAll(async () => {
  selling = await openSelling();
  const time = new Date();
  await selling.started.database.sql
    .insertInto('custom_field')
    .values({
      noun: 'opportunity',
      slug: 'budget',
      label: 'Budget',
      kind: 'CUSTOM_FIELD_KIND_TEXT',
      version: 1,
      create_time: time,
      update_time: time,
    })
    .execute();
  forgetDefinitions('opportunity');
});
afterAll(() => selling.started.stop());

describe('a custom field that a stage asks for', () => {
  it('is asked for no more once it is retired, and the pipeline can be saved as it was drawn before', async () => {
    const { manager, create, moveTo, stage } = selling;
    const stages = english().stages.map((each, index) =>
      index === 1 ? { ...each, requiredFields: ['custom.budget'] } : each,
    );
    const { pipeline } = await manager.pipelines.createPipeline({
      pipeline: english({ name: 'Asks', default: false, stages }),
      requestId: '',
    });
    const drawn = pipeline!;
    const { id: second } = stage('Needs confirmed', drawn);
    const { id } = await create({ pipelineId: drawn.id });
    await expect(moveTo(id, second)).rejects.toMatchObject(fieldError('custom.budget', 'REQUIRED_BY_STAGE'));

    await setRetired(true);
    expect(await moveTo(id, second)).toMatchObject({ stageId: second });
    const shown = (await manager.pipelines.getPipeline({ id: drawn.id, revision: 1 })).pipeline!;
    expect(shown.stages[1]?.requiredFields).toEqual([]);
    const listed = (await manager.pipelines.listPipelines({ includeInactive: false })).pipelines;
    expect(listed.find((each) => each.id === drawn.id)?.stages[1]?.requiredFields).toEqual([]);

    const input = { ...drawn, id: '', revision: 0, createTime: undefined, updateTime: undefined };
    const save = (changes: object) =>
      manager.pipelines.updatePipeline({ id: drawn.id, pipeline: { ...input, ...changes } });
    await expect(
      save({ stages: drawn.stages.map((each) => ({ ...each, requiredFields: ['custom.never_was'] })) }),
    ).rejects.toMatchObject({
      fields: expect.arrayContaining([expect.objectContaining({ reason: 'CANNOT_BE_REQUIRED' })]),
    });
    expect((await save({ name: 'Asks no more' })).pipeline).toMatchObject({ name: 'Asks no more', revision: 2 });
    await setRetired(false);
    expect((await manager.pipelines.getPipeline({ id: drawn.id, revision: 0 })).pipeline?.stages[1]).toMatchObject({
      requiredFields: [],
    });
  });
});

it('a deal takes its people and a custom field in one save', async () => {
  const { manager, create, started, update } = selling;
  const { id } = await create({});
  const contactId = started.customer({}, manager);
  const fields = { contacts: [{ contactId, role: 'Buyer' }], custom: { budget: { text: 'large' } } };
  expect(await update(manager, id, fields)).toMatchObject({
    contacts: [{ contactId, role: 'Buyer' }],
    custom: { budget: { value: { $case: 'text', value: 'large' } } },
  });
});
