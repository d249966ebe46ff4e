import { describe, expect, test } from 'vitest';
import { fieldSentence, problemSentence } from './messages.ts';

describe('in Chinese', () => {
  test('a sentence that lacks what it speaks of is not said, but one that does without', () => {
    expect(problemSentence('zh', 'TOO_MANY_REQUESTS', {})).toBe('请求过于频繁，请稍后重试。');
    expect(problemSentence('zh', 'VERSION_STALE', {})).toBe('此记录已被他人修改，请刷新后重试。');
    expect(fieldSentence('zh', 'name', 'TOO_LONG', { max: 200 })).toBe('name 最多 200 个字符。');
  });

  test('a service’s field error is said', () =>
    expect(fieldSentence('zh', 'phones[0]', 'BAD_PHONE', {})).toBe('电话号码不正确。'));

  test('the field is the one that the problem speaks of, else the one it is about', () => {
    expect(fieldSentence('zh', 'filter', 'UNKNOWN_FIELD', { field: 'foo' })).toBe('foo 这个字段不存在。');
    expect(fieldSentence('zh', 'foo', 'UNKNOWN_FIELD', {})).toBe('foo 这个字段不存在。');
  });

  test('a field without a name is the body', () => {
    expect(fieldSentence('zh', '', 'REQUIRED', {})).toBe('请求正文必填。');
    expect(fieldSentence('zh', '', 'WRONG_TYPE', { expected: 'an object' })).toBe('请求正文应为对象。');
  });
});

test('English is left to who found the error', () => {
  expect(fieldSentence('en', 'name', 'REQUIRED', {})).toBeUndefined();
  expect(problemSentence('en', 'LINK_GONE', {})).toBeUndefined();
});
