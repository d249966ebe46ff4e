import { proposeMapping } from '@pelagic/capabilities/import/plan';
import { fieldsOf } from '@pelagic/capabilities/import/field';
import { misread, unworded } from '@pelagic/capabilities/testing/wording';
import { expect, test } from 'vitest';
import type { SalesService } from '../sales-service.ts';
import { opportunityImport } from './opportunity.import.ts';
import { opportunity } from './opportunity.ts';
import { opportunityWordings } from './opportunity.wordings.ts';

// Neither headings nor words need the service.
const target = opportunityImport({} as SalesService);

const options = { imports: [target], wordings: { opportunity: opportunityWordings } };

test('an export is wholly in Chinese, and is read as it was written', () => {
  expect(unworded(opportunity, options)).toEqual([]);
  expect(misread(opportunity, options)).toEqual([]);
});

test.each([
  ['商机名称', 'name'],
  ['Deal name', 'name'],
  ['客户名称', 'customerId'],
  ['公司名称', 'customerId'],
  ['预计成交时间', 'expectedCloseDate'],
])('the heading %s is %s', (heading, field) =>
  expect(proposeMapping([heading], fieldsOf(target, { definitions: [], tags: [] }, {}))).toMatchObject([{ field }]),
);
