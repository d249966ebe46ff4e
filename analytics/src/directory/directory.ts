import { setEnterprise } from '@pelagic/chassis/enterprise';
import type { Department } from '@pelagic/proto/crm/identity/v1/department';
import type { Employee } from '@pelagic/proto/crm/identity/v1/employee';
import type { Enterprise } from '@pelagic/proto/crm/identity/v1/enterprise';
import type { Pipeline } from '@pelagic/proto/crm/sales/v1/pipeline';
import type { Product } from '@pelagic/proto/crm/sales/v1/product';
import type { ProductCategory } from '@pelagic/proto/crm/sales/v1/product_category';
import type { Tag } from '@pelagic/proto/crm/capability/v1/tag';
import type { Queue } from '@pelagic/proto/crm/ticket/v1/queue';
import type { Engine } from '../engine/engine.ts';
import type { State } from '../facts/column.ts';
import { definitionOf, type CustomDefinition } from '../facts/custom.ts';
import { treeOf, type Tree } from './tree.ts';

/** Nouns that figures are labelled and rolled up by; their last states are kept. */
export const DIRECTORY_NOUNS: ReadonlySet<string> = new Set([
  'enterprise',
  'employee',
  'department',
  'pipeline',
  'queue',
  'product',
  'product_category',
  'custom_field',
  'tag',
]);

/** What is kept of states of which there are many; of the others everything. */
const KEPT: Record<string, string[]> = { product: ['number', 'name', 'sku', 'categoryId', 'unit', 'deleteTime'] };

/** Kept beside the last state of each pipeline, by id and revision. */
const REVISION = 'pipeline_revision';

/** The rows of the directory that a state stands for. */
export const directoryRows = (
  noun: string,
  id: string,
  version: number,
  state: State,
): { noun: string; id: string; version: number; state: string }[] => {
  const kept = KEPT[noun] ? Object.fromEntries(KEPT[noun].map((name) => [name, state[name]])) : state;
  const text = JSON.stringify({ ...kept, version });
  const last = { noun, id, version, state: text };
  return noun === 'pipeline'
    ? [last, { noun: REVISION, id: `${id}:${String(state['revision'])}`, version, state: text }]
    : [last];
};

export type Directory = {
  employees: ReadonlyMap<string, Employee>;
  departments: ReadonlyMap<string, Department>;
  pipelines: ReadonlyMap<string, Pipeline>;
  queues: ReadonlyMap<string, Queue>;
  products: ReadonlyMap<string, Pick<Product, 'name' | 'categoryId'>>;
  productCategories: ReadonlyMap<string, ProductCategory>;
  /** Every revision of every pipeline: deals keep the one that they began under. */
  pipelineRevisions: readonly Pipeline[];
  customFields: readonly CustomDefinition[];
  tags: readonly Tag[];
  tree: Tree;
};

export type LiveDirectory = {
  now: () => Directory;
  /** Reads it anew: at start, and after events of its nouns. */
  load: () => Promise<void>;
  /** Takes a state in before the row is stored: the columns of a new custom field are needed at once. */
  take: (row: { noun: string; id: string; state: string }) => void;
};

/** The definitions of one noun. */
export const customFieldsOf = (directory: Directory, noun: string): CustomDefinition[] =>
  directory.customFields.filter((definition) => definition.noun === noun);

const directoryOf = (states: ReadonlyMap<string, ReadonlyMap<string, State>>): Directory => {
  const of = <T>(noun: string): Map<string, T> => new Map(states.get(noun) as unknown as Map<string, T> | undefined);
  const departments = of<Department>('department');
  return {
    employees: of<Employee>('employee'),
    departments,
    pipelines: of<Pipeline>('pipeline'),
    queues: of<Queue>('queue'),
    products: of<Product>('product'),
    productCategories: of<ProductCategory>('product_category'),
    pipelineRevisions: [...of<Pipeline>(REVISION).values()],
    customFields: [...(states.get('custom_field')?.values() ?? [])].flatMap((state) => definitionOf(state) ?? []),
    tags: [...of<Tag>('tag').values()],
    tree: treeOf([...departments.values()]),
  };
};

const settle = (state: State | undefined): void => {
  if (!state) return;
  const { name, locale, timeZone, baseCurrency, fiscalYearStartMonth, region } = state as unknown as Enterprise;
  setEnterprise({ name, locale, timeZone, baseCurrency, fiscalYearStartMonth: fiscalYearStartMonth || 1, region });
};

export const openDirectory = (engine: Engine): LiveDirectory => {
  const states = new Map<string, Map<string, State>>();
  let current: Directory | undefined;
  const take: LiveDirectory['take'] = ({ noun, id, state: text }) => {
    const state = JSON.parse(text) as State;
    const known = states.get(noun) ?? new Map<string, State>();
    if (Number(known.get(id)?.['version'] ?? 0) > Number(state['version'] ?? 0)) return;
    states.set(noun, known.set(id, state));
    if (noun === 'enterprise') settle(state);
    current = undefined;
  };
  return {
    now: () => (current ??= directoryOf(states)),
    load: async () => {
      for (const row of await engine.query<{ noun: string; id: string; state: string }>(
        'select noun, id, state from directory final',
      ))
        take(row);
    },
    take,
  };
};
