import { expect, it } from 'vitest';
import { found } from './find.ts';

const column = (name: string, label: string) => ({ name, label, type: 'String' });
const views = [
  { name: 'leads', label: '线索', description: '', columns: [column('id', '标识'), column('owner_id', '负责人')] },
  { name: 'calendar', label: '日历', description: '', columns: [column('date', '日期')] },
];

it('finds views whole, and of the others the columns', () => {
  expect(found(views, undefined)).toEqual(views);
  expect(found(views, '线索')).toEqual([views[0]]);
  expect(found(views, ' Owner ')).toEqual([{ ...views[0], columns: [column('owner_id', '负责人')] }]);
  expect(found(views, '没有')).toEqual([]);
});
