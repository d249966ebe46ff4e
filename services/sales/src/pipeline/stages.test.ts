import type { Stage } from '@pelagic/proto/crm/sales/v1/pipeline';
import { describe, expect, it } from 'vitest';
import { standardPipeline } from './default-pipeline.ts';
import { requirable, stageErrors } from './stages.ts';

const stages = (): Stage[] => structuredClone(standardPipeline('en').stages);
const errors = (change: (stages: Stage[]) => Stage[] | void, slugs: string[] = []) => {
  const changed = stages();
  return stageErrors(change(changed) ?? changed, new Set(slugs)).map(({ field, reason }) => `${field} ${reason}`);
};

describe('the stages of a pipeline', () => {
  it('are right as they come', () => {
    expect(errors(() => {})).toEqual([]);
    expect(stageErrors(standardPipeline('zh-CN').stages, new Set())).toEqual([]);
  });

  it('have one way to win, one to be invalid, at least one to lose and one to be open', () => {
    expect(errors((all) => all.filter(({ category }) => category !== 'STAGE_CATEGORY_WON'))).toEqual([
      'pipeline.stages ONE_WON_STAGE',
    ]);
    expect(errors((all) => all.filter(({ category }) => category !== 'STAGE_CATEGORY_LOST'))).toEqual([
      'pipeline.stages LOST_STAGE_MISSING',
    ]);
    expect(errors((all) => all.filter(({ category }) => category !== 'STAGE_CATEGORY_INVALID'))).toEqual([
      'pipeline.stages ONE_INVALID_STAGE',
    ]);
    expect(errors((all) => all.slice(4))).toEqual(['pipeline.stages OPEN_STAGE_MISSING']);
    expect(errors((all) => [...all.slice(0, 5), { ...all[4]!, id: '', name: 'Won again' }, ...all.slice(5)])).toEqual([
      'pipeline.stages ONE_WON_STAGE',
    ]);
    expect(
      errors((all) => [...all.slice(0, 6), { ...all[5]!, id: '', name: 'Lost to nobody' }, ...all.slice(6)]),
    ).toEqual([]);
  });

  it('name the stage and field that is wrong', () => {
    expect(errors((all) => void (all[4]!.probability = 90))).toEqual([
      'pipeline.stages[4].probability PROBABILITY_OF_CLOSED',
    ]);
    expect(errors((all) => void (all[5]!.probability = 5))).toEqual([
      'pipeline.stages[5].probability PROBABILITY_OF_CLOSED',
    ]);
    expect(errors((all) => void (all[1]!.name = ' contact MADE '))).toEqual(['pipeline.stages[1].name DUPLICATE']);
    expect(errors((all) => void (all[1]!.id = all[0]!.id))).toContain('pipeline.stages[1].id DUPLICATE');
    expect(errors((all) => void all[0]!.nextStageIds.push('5c0e5d4e-0000-7000-8000-000000000000'))).toEqual([
      'pipeline.stages[0].nextStageIds[0] UNKNOWN_STAGE',
    ]);
    expect(errors((all) => void all[4]!.nextStageIds.push(all[0]!.id))).toEqual([
      'pipeline.stages[4].nextStageIds[0] CLOSED_HAS_NO_NEXT',
    ]);
    expect(errors((all) => void all[4]!.checklist.push({ id: '', text: 'Sign' }))).toEqual([
      'pipeline.stages[4].checklist CLOSED_HAS_NO_CHECKLIST',
    ]);
    expect(errors((all) => [all[0]!, all[4]!, all[1]!, all[5]!, all[6]!])).toEqual([
      'pipeline.stages[2].category OPEN_AFTER_CLOSING',
    ]);
  });

  it('ask only for what people can give', () => {
    expect(requirable('customerId', true, new Set())).toBe('customer_id');
    expect(requirable('custom.budget', true, new Set(['budget']))).toBe('custom.budget');
    expect(requirable('custom.budget', true, new Set())).toBeUndefined();
    expect(requirable('number', true, new Set())).toBeUndefined();
    expect(requirable('close_note', true, new Set())).toBeUndefined();
    expect(requirable('close_note', false, new Set())).toBe('close_note');
    expect(errors((all) => void all[0]!.requiredFields.push('colour'))).toEqual([
      'pipeline.stages[0].requiredFields[0] CANNOT_BE_REQUIRED',
    ]);
  });
});
