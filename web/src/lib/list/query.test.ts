import { describe, expect, it } from 'vitest';
import { toOrderBy, toSort } from '#lib/api/field-path.ts';
import { anyOf, FILTER_MAX, nextSort, parseQuery, printQuery } from './query.ts';

describe('the URL of a list', () => {
  it('holds the whole query and leaves other parameters alone', () => {
    const search = new URLSearchParams('tab=board&q=old');
    const query = { filter: 'state = NEW', words: '海', sort: '-createTime', view: 'v1', deleted: true };
    const text = printQuery(query, search);
    expect(parseQuery(new URLSearchParams(text))).toEqual(query);
    expect(new URLSearchParams(text).get('tab')).toBe('board');
  });
  it('is empty when nothing is asked', () => {
    expect(printQuery(parseQuery(new URLSearchParams('q=x')), new URLSearchParams()).length).toBeGreaterThan(0);
    expect(
      printQuery({ filter: '', words: '', sort: '', view: '', deleted: false }, new URLSearchParams('q=x&deleted=1')),
    ).toBe('');
  });
  it('says the order as the contract wants it', () => {
    expect(toOrderBy('-nextContactDate')).toBe('next_contact_date desc');
    expect(toOrderBy('custom.deal_size')).toBe('custom.deal_size');
    for (const sort of ['', 'name', '-createTime', '-custom.deal_size']) expect(toSort(toOrderBy(sort))).toBe(sort);
  });
  it('turns a header through ascending, descending and none', () => {
    expect(nextSort('', 'name')).toBe('name');
    expect(nextSort('name', 'name')).toBe('-name');
    expect(nextSort('-name', 'name')).toBe('');
    expect(nextSort('-name', 'state')).toBe('state');
  });
  it('names 85 chosen rows within a filter', () => {
    expect(anyOf(['a', 'b'])).toBe('(id = "a" OR id = "b")');
    const ids = Array.from({ length: 85 }, () => crypto.randomUUID());
    expect(anyOf(ids).length).toBeLessThanOrEqual(FILTER_MAX);
  });
});
