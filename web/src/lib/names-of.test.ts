import { expect, it } from 'vitest';
import type { PageRequest } from './api/resource.ts';
import { namesOf } from './names-of.ts';

const [LIVING, BINNED, FOREIGN] = ['a1', 'b2', 'c3'];
const LISTS = [
  { id: LIVING, name: 'Blue Sea' },
  { id: BINNED, name: 'Old Harbour' },
] as const;

const list = async ({ filter = '', deleted = false }: PageRequest) => {
  const record = LISTS[deleted ? 1 : 0];
  return { rows: filter.includes(record.id) ? [record] : [], next: '' };
};

it('says of what lies in the recycle bin that it was deleted, and of what is out of sight nothing', async () => {
  expect(await namesOf({ list }, true)([LIVING, BINNED, FOREIGN])).toEqual([
    { id: LIVING, name: 'Blue Sea' },
    { id: BINNED, name: expect.stringMatching(/^Old Harbour.*(已删除|deleted)/) as string },
  ]);
  expect(await namesOf({ list })([BINNED])).toEqual([]);
});
