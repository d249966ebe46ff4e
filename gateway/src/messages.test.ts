import { describe, expect, test } from 'vitest';
import { fieldSentence, problemSentence } from './messages.ts';

describe('in Chinese', () => {
  test('a sentence that lacks what it speaks of is not said', () => {
    expect(problemSentence('zh', 'TOO_MANY_REQUESTS', {})).toBeUndefined();
    expect(problemSentence('zh', 'VERSION_STALE', {})).toBe('此记录已被他人修改，请刷新后重试。');
    expect(fieldSentence('zh', 'name', 'TOO_LONG', { max: 200 })).toBe('name 最多 200 个字符。');
  });

  test('a service’s field error is said', () =>
    expect(fieldSentence('zh', 'phones[0]', 'BAD_PHONE', {})).toBe('电话号码不正确。'));

  test('the field is the one that the problem speaks of, else the one it is about', () => {
    expect(fieldSentence('zh', 'filter', 'UNKNOWN_FIELD', { field: 'foo' })).toBe('foo 这个字段不存在。');
    expect(fieldSentence('zh', 'foo', 'UNKNOWN_FIELD', {})).toBe('foo 这个字段不存在。');
    expect(fieldSentence('zh', '', 'REQUIRED', {})).toBe('请求 必填。');
  });
});

test('English is left to who found the error', () => {
  expect(fieldSentence('en', 'name', 'REQUIRED', {})).toBeUndefined();
  expect(problemSentence('en', 'LINK_GONE', {})).toBeUndefined();
});
