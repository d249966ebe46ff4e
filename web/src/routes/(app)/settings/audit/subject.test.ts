import { expect, it } from 'vitest';
import { subjectOf } from './subject.ts';

const entry = (action: string, detail: object, noun = '') => ({
  action,
  noun,
  detail: JSON.stringify(detail),
  recordId: '01a20182-f3d1-712b-908b-4d724b98168c',
});

it('knows what an entry is about, also where it has no noun', () => {
  expect(subjectOf(entry('create_custom_field', { service: 'customer', customField: { label: '预算' } }))).toEqual({
    noun: 'custom_field',
    name: '预算',
  });
  expect(subjectOf(entry('update_pipeline', { id: 'x', pipeline: { name: '标准流程', stages: [] } }))).toEqual({
    noun: 'pipeline',
    name: '标准流程',
  });
  expect(subjectOf(entry('download_file', { service: 'customer', id: 'x' }))).toEqual({
    noun: 'file',
    name: '4b98168c',
  });
  expect(subjectOf(entry('update_role', { before: { name: '销售' }, after: { name: '高级销售' } }, 'role'))).toEqual({
    noun: 'role',
    name: '高级销售',
  });
  const change = { name: '标准流程', before: { active: true }, after: { active: false } };
  expect(subjectOf(entry('update_pipeline', change, 'pipeline'))).toEqual({ noun: 'pipeline', name: '标准流程' });
  const asked = { statement: 'select name\nfrom leads', parameters: {}, format: 'CSV' };
  expect(subjectOf(entry('run_statement', asked, 'analytics')).name).toBe('select name from leads');
  const long = { statement: '线'.repeat(5_000) };
  expect(subjectOf(entry('run_statement', long, 'analytics')).name).toBe(`${'线'.repeat(80)}…`);
  expect(subjectOf(entry('change_password', {}))).toEqual({ noun: '', name: '' });
});
