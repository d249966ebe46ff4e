import { describe, expect, test } from 'vitest';
import { inChinese, inChineseBeside } from './reason.ts';
import { LISTS_AND_FILES } from './reasons/lists-and-files.ts';
import { REQUEST } from './reasons/request.ts';
import type { Sentences } from './reasons/sentences.ts';
import { WORK } from './reasons/work.ts';

const PARTS: Sentences[] = [REQUEST, WORK, LISTS_AND_FILES];
const ALL = PARTS.flatMap((part) => Object.entries(part)).map(([reason, said]) => [reason, [said].flat()] as const);

const speaksOf = (sentence: string): string[] => [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);

describe('every reason', () => {
  test('has one place', () => expect(new Set(ALL.map(([reason]) => reason)).size).toBe(ALL.length));

  test('has whole sentences, which say everything that is given first', () => {
    for (const [reason, sentences] of ALL) {
      for (const sentence of sentences) expect(sentence, reason).toMatch(/^[^ ].*。$/);
      const needs = sentences.map((sentence) => speaksOf(sentence).filter((name) => name !== 'field').length);
      expect(needs, reason).toEqual(needs.toSorted((a, b) => b - a));
    }
  });

  test('is said whatever is not given', () => {
    for (const [reason] of ALL) expect(inChinese(reason, { field: '甲' }), reason).toBeDefined();
  });

  test('is said as soon as what it speaks of is there', () => {
    for (const [reason, sentences] of ALL)
      for (const sentence of sentences) {
        const params = Object.fromEntries(speaksOf(sentence).map((name) => [name, '甲']));
        expect(inChinese(reason, params), reason).toBe(sentence.replace(/\{\w+\}/g, '甲'));
      }
  });
});

describe('in Chinese', () => {
  test.each([
    ['UNKNOWN_VALUE', { field: 'state', values: 'NEW, OLD' }, 'state 只能是以下之一：NEW, OLD。'],
    ['UNKNOWN_VALUE', { field: 'state', value: 'x' }, '“x”不是可选的值。'],
    ['UNKNOWN_VALUE', { field: 'action', value: '' }, 'action 不是可选的值。'],
    ['OUT_OF_RANGE', { field: 'size', max: 9 }, 'size 不能大于 9。'],
    ['WRONG_TYPE', { field: 'name', expected: 'text' }, 'name 应为文本。'],
    ['BAD_FORMAT', { field: 'day', format: 'date' }, 'day 应为日期，例如 2026-03-31。'],
    ['NOT_FOUND', {}, '没有这条记录，或您无权查看。'],
  ])('%s with %j', (reason, params, said) => expect(inChinese(reason, params)).toBe(said));

  test('a reason of another version has no sentence', () => {
    expect(inChinese('NOT_OF_THIS_VERSION', {})).toBeUndefined();
    expect(inChinese('constructor', {})).toBeUndefined();
  });

  test.each([
    ['REQUIRED', {}, 'name', '必填'],
    ['TOO_LONG', { max: 200 }, 'name', '最多 200 个字符'],
    ['NOT_FOUND', { value: '王芳' }, 'ownerId', '找不到“王芳”'],
    ['DUPLICATE', {}, '', '已有相同的记录'],
    ['REQUIRED_BY_STAGE', { field: 'lost_reason' }, 'lostReason', '从此阶段起必须填写'],
    ['DATE_IN_FUTURE', {}, 'closeDate', '日期不能晚于今天'],
  ])('beside its heading %s with %j is short', (reason, params, field, said) =>
    expect(inChineseBeside(reason, params, field)).toBe(said),
  );
});
