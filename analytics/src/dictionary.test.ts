import { messageType, contract } from '@pelagic/proto/contract';
import { Tag } from '@pelagic/proto/crm/capability/v1/tag';
import { describe, expect, it } from 'vitest';
import { CUBES } from './cubes/catalogue.ts';
import { dictionary } from './dictionary.ts';
import type { Directory } from './directory/directory.ts';
import { treeOf } from './directory/tree.ts';
import { BOSS, reader } from './testing/house.ts';

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
    {
      noun: 'opportunity',
      slug: 'product',
      label: '产品',
      labelEn: 'Product',
      kind: 'CHOICE',
      choices: [{ slug: 'mg', label: '美光', labelEn: '', retired: false }],
      retired: false,
    },
    ...(['TEXT', 'NUMBER'] as const).map((kind) => ({
      noun: 'opportunity',
      slug: `former_${kind.toLowerCase()}`,
      label: '旧',
      labelEn: '',
      kind,
      choices: [],
      retired: true,
    })),
  ],
  tree: treeOf([]),
};

const tag = (name: string, service: string, retired = false): Tag =>
  Tag.fromPartial({ id: `id of ${name}`, name, service, retired });

describe('the dictionary of figures', () => {
  it('explains every measure and dimension in both languages', () => {
    for (const { measures, dimensions, moments } of CUBES.values()) {
      for (const { label, description, moment } of Object.values(measures)) {
        expect([label.zh, label.en, description.zh, description.en].every(Boolean)).toBe(true);
        expect(moments).toHaveProperty(moment);
      }
      for (const { label, description } of Object.values(dimensions))
        expect([label.zh, label.en, description.zh, description.en].every(Boolean)).toBe(true);
    }
  });

  it('names fields that the nouns have, for a right to an unknown field hides nothing', () => {
    for (const { noun, measures, dimensions, steps } of CUBES.values()) {
      const of = (name: string) => messageType(contract.nouns.get(name)!.message).fields.map(({ json }) => json);
      const own = [...Object.values(measures).flatMap(({ fields = [] }) => fields), ...(steps ? [steps.field] : [])];
      const cut = Object.values(dimensions).filter(({ field }) => field);
      expect(of(noun)).toEqual(expect.arrayContaining(own));
      for (const { from, field } of cut) expect(of(from === 'customer' ? 'customer' : noun)).toContain(field);
    }
  });

  it('is said in the language of the caller and leaves out what they may not read, and what was retired', () => {
    const chinese = reader(
      { 'opportunity.read': 'OWN' },
      { locale: 'zh-CN', fields: { opportunity: { hidden: ['amount'] }, customer: { masked: ['industry'] } } },
    );
    const [cube, ...others] = dictionary(directory, chinese);
    expect([cube?.name, cube?.label, others]).toEqual(['opportunity', '商机', []]);
    expect(cube?.measures.map(({ name }) => name)).not.toContain('won_amount');
    expect(cube?.dimensions.map(({ name }) => name)).not.toContain('customer_industry');
    expect(cube?.dimensions.find(({ name }) => name === 'custom.product')).toMatchObject({
      label: '产品',
      values: [{ key: 'mg', label: '美光' }],
    });
    const former = [...cube!.measures, ...cube!.dimensions].filter(({ name }) => name.startsWith('custom.former'));
    expect(former).toEqual([]);
    const tagged = { ...directory, tags: [tag('战略项目', 'sales'), tag('旧', 'sales', true), tag('VIP', 'customer')] };
    const cutBy = (caller: typeof chinese) =>
      dictionary(tagged, caller)[0]
        ?.dimensions.find(({ name }) => name === 'tags')
        ?.values.map(({ label }) => label);
    expect(cutBy(chinese)).toEqual(['战略项目']);
    const blind = reader({ 'opportunity.read': 'OWN' }, { fields: { opportunity: { hidden: ['tagIds'] } } });
    expect(cutBy(blind)).toBeUndefined();
    const english = dictionary(directory, BOSS).find(({ name }) => name === 'opportunity');
    expect(english?.measures.find(({ name }) => name === 'win_rate')).toMatchObject({
      label: 'Win rate',
      unit: 'percent',
      date: 'close_date',
    });
    expect(english?.measures.find(({ name }) => name === 'open_amount')?.date).toBe('period_end');
  });
});
