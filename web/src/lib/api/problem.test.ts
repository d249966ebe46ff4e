import { expect, it } from 'vitest';
import { Problem, problemOf } from './problem.ts';

const refused = (...fields: string[]): Problem =>
  new Problem({
    status: 400,
    code: 'INVALID_ARGUMENT',
    reason: '',
    detail: '',
    traceId: '',
    fields: fields.map((field) => ({ field, reason: 'REQUIRED', message: '', params: {} })),
  });

it('finds the field that a path means', () => {
  const problem = refused('lead.phones[0]', 'lead.custom.tier', 'lead.amount.currency');
  expect([...problem.fieldProblems('lead').keys()]).toEqual(['phones', 'custom.tier', 'amount']);
});

it('tells fields of a part of the request apart where the form does', () => {
  const problem = refused('opportunity.amount.amount', 'opportunity.pipelineId', 'opportunity.custom.product');
  const keys = ['contactName', 'opportunity.amount', 'opportunity.pipelineId'];
  expect([...problem.fieldProblems('', keys).keys()]).toEqual([
    'opportunity.amount',
    'opportunity.pipelineId',
    'opportunity',
  ]);
});

it('reads the refusal of a statement, which is text', async () => {
  const text = 'Code: 60. DB::Exception: 第 1 行第 15 列：没有名为“x (y)”的视图。 (UNKNOWN_TABLE) [SQL_TABLE]\n';
  const response = new Response(text, { status: 400, headers: { 'x-pelagic-reason': 'SQL_TABLE' } });
  expect(await problemOf(response)).toMatchObject({
    status: 400,
    reason: 'SQL_TABLE',
    detail: '第 1 行第 15 列：没有名为“x (y)”的视图。',
  });
});
