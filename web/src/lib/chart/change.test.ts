import { expect, it } from 'vitest';
import { changeOf, pointsBetween } from './change.ts';

it('says how much a figure changed', () => {
  expect(changeOf('120', '100')).toBe(20);
  expect(changeOf('66.6', '100')).toBe(-33.4);
  expect(changeOf('-50', '-100')).toBe(50);
});

it('says nothing where there is nothing to compare with', () => {
  expect(changeOf('5', '0')).toBeNull();
  expect(changeOf('', '3')).toBeNull();
  expect(changeOf('3', '')).toBeNull();
  expect(pointsBetween('', '20')).toBeNull();
});

it('says in points what lies between two shares', () => {
  expect(pointsBetween('36.63', '34.55')).toBe(2.1);
  expect(pointsBetween('0', '20')).toBe(-20);
});
