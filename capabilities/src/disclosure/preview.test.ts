import { describe, expect, it } from 'vitest';
import { choosable, keyOf, OPENABLE } from './policy.ts';
import { previewOf } from './preview.ts';

import type { State } from './fields.ts';

describe('the preview of a choice', () => {
  it.each([...OPENABLE])('tells of %s what is chosen and nothing else', (noun, known) => {
    const fields = choosable(known).map(({ json }) => json);
    const some = fields.filter((_, index) => index % 2 === 0);
    for (const chosen of [fields, some, []]) {
      const { change, gone } = previewOf({ noun, fields: chosen, filter: '' });
      const record = change.data[keyOf(noun)] as State;
      expect(Object.keys(record).filter((key) => key !== 'id' && key !== 'version')).toEqual(
        expect.arrayContaining(Object.keys(record).filter((key) => chosen.includes(key))),
      );
      expect(Object.keys(record).filter((key) => !['id', 'version', ...chosen].includes(key))).toEqual([]);
      expect(Object.keys((change.data['before'] ?? {}) as State).every((key) => chosen.includes(key))).toBe(true);
      expect(gone.type).toBe(`crm.${known.service}.${noun}.gone.v1`);
      expect(Object.keys(gone.data[keyOf(noun)] as State)).toEqual(['id', 'version']);
    }
  });

  it('has fields of the enterprise’s own by their names', () => {
    const { change } = previewOf({ noun: 'lead', fields: ['name', 'custom.tier'], filter: 'source = web' });
    expect(change.data['lead']).toMatchObject({ name: 'Name', custom: { tier: { text: 'Sample' } } });
    expect(change.data['before']).toEqual({ name: null });
  });
});
