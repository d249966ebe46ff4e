import { describe, expect, it } from 'vitest';
import type { Field } from '#lib/noun/field.ts';
import { defaultsOf, fileValues, inputOf, mappingOf, type Inspection, type Offered, type Preview } from './settings.ts';

const offer = (...fields: string[]): Offered[] =>
  fields.map((field) => ({ field, label: field, required: false, matchKey: false, history: false }));

describe('what an import is asked for', () => {
  it('lets a column fill several fields, gives values their meaning and names what is left out', () => {
    const targets = { number: ['name', 'externalId'], sector: ['industry'], began: ['createTime'], remark: [''] };
    const meanings = { industry: { technolgy: 'technology' }, closed: { x: 'y' } };
    expect(mappingOf(targets, meanings, offer('name', 'externalId', 'industry'))).toEqual([
      { column: 'number', field: 'name', values: {} },
      { column: 'number', field: 'externalId', values: {} },
      { column: 'sector', field: 'industry', values: { technolgy: 'technology' } },
      { column: 'began', field: '', values: {} },
      { column: 'remark', field: '', values: {} },
    ]);
  });

  it('writes defaults as cells', () => {
    const defaults = {
      kind: 'CUSTOMER_KIND_COMPANY',
      primary: false,
      level: '',
      phones: ['13800138000', '', '010-1234'],
      amount: { amount: '12.5', currency: 'USD', baseAmount: '', rateDate: '' },
      gone: 'x',
    };
    expect(defaultsOf(defaults, offer('kind', 'primary', 'level', 'phones', 'amount'))).toEqual({
      kind: 'CUSTOMER_KIND_COMPANY',
      primary: 'false',
      phones: '13800138000; 010-1234',
      amount: '12.5 USD',
    });
  });
});

describe('values of the file', () => {
  const inspection = {
    total: 85,
    values: [
      {
        column: 'sector',
        values: [
          { value: 'retail', count: 17 },
          { value: 'technolgy', count: 12 },
        ],
      },
      {
        column: 'product',
        values: [
          { value: 'GTX', count: 3 },
          { value: 'MG', count: 1 },
        ],
      },
    ],
  } as unknown as Inspection;
  const preview = { unknown: [{ field: 'custom.product', value: 'MG', count: 1 }] } as unknown as Preview;
  const product: Field = { key: 'custom.product', kind: 'choice', label: () => '', options: () => [] };

  it('begin with those that were not understood', () => {
    expect(fileValues(product, ['product'], inspection, preview)).toEqual([
      { value: 'MG', count: 1, unknown: true },
      { value: 'GTX', count: 3, unknown: false },
    ]);
  });

  it('are offered for texts only where they repeat', () => {
    const industry = inputOf([], offer('industry')[0]!);
    expect(fileValues(industry, ['sector'], inspection, null)).toHaveLength(2);
    expect(fileValues(industry, ['sector'], { ...inspection, total: 3 }, null)).toEqual([]);
  });
});
