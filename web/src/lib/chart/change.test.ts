import { expect, it } from 'vitest';
import { changeOf } from './change.ts';

it('says how much a figure changed', () => {
  expect(changeOf('120', '100')).toBe(20);
  expect(changeOf('66.6', '100')).toBe(-33.4);
  expect(changeOf('-50', '-100')).toBe(50);
});

it('says nothing where there is nothing to compare with', () => {
  expect(changeOf('5', '0')).toBeNull();
  expect(changeOf('', '3')).toBeNull();
  expect(changeOf('3', '')).toBeNull();
});
