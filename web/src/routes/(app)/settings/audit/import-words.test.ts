import { expect, it } from 'vitest';
import { importWords } from './import-words.ts';

const LABELS: Record<string, string> = { company: '公司', source: '来源' };
const labelOf = (field: string) => LABELS[field] ?? field;

it('says where the columns of a file went, and what their values stood for', () => {
  const mapping = [
    { column: '单位', field: 'company', values: {} },
    { column: '渠道', field: 'source', values: { 展会: 'fair' } },
    { column: '备注', field: '', values: {} },
  ];
  const lines = importWords('mapping', mapping, labelOf)!.split('\n');
  expect(lines.slice(0, 3)).toEqual(['单位 → 公司', '渠道 → 来源', '    展会 → fair']);
  expect(lines[3]).toMatch(/^备注 → .+/);
  expect(importWords('defaults', { source: 'fair' }, labelOf)).toBe('来源 = fair');
  expect(importWords('onMatch', 'MATCH_ACTION_SKIP', labelOf)).not.toMatch(/MATCH_ACTION/);
});

it('leaves everything else as it is', () => {
  expect(importWords('mapping', 'text', labelOf)).toBeUndefined();
  expect(importWords('title', { any: 1 }, labelOf)).toBeUndefined();
});
