import { describe, expect, test } from 'vitest';
import type { Reason } from '@pelagic/proto/reason';
import { invalid, invalidField, notFound, Problem, refused, stale, type Code } from '@pelagic/chassis/problem';
import { languageFor } from './messages.ts';
import { problemJson, retryAfterOf, statusOf } from './problem-json.ts';

const english = { language: 'en', traceId: 'abc' } as const;
const chinese = { language: 'zh', traceId: 'abc' } as const;

test.each([
  ['INVALID_ARGUMENT', 400],
  ['UNAUTHENTICATED', 401],
  ['PERMISSION_DENIED', 403],
  ['NOT_FOUND', 404],
  ['ABORTED', 409],
  ['ALREADY_EXISTS', 409],
  ['FAILED_PRECONDITION', 422],
  ['RESOURCE_EXHAUSTED', 429],
  ['CANCELLED', 499],
  ['INTERNAL', 500],
  ['UNIMPLEMENTED', 501],
  ['UNAVAILABLE', 503],
  ['DEADLINE_EXCEEDED', 504],
] as [Code, number][])('%s is %i', (code, status) =>
  expect(statusOf(new Problem(code, 'NOTHING_TO_WRITE', 'Something.'))).toBe(status),
);

test('what is refused tells of each field by its name', () => {
  const refusal = invalid(
    { field: 'filter', reason: 'UNKNOWN_VALUE', message: 'state: X.', params: { field: 'state', value: 'x' } },
    { field: 'lostReason', reason: 'REQUIRED', message: 'lostReason is required.' },
  );
  expect(problemJson(refusal, chinese).detail).toBe('state: “x”不是可选的值。 lostReason 必填。');
});

test('a refusal with field errors has its own sentence', () => {
  const taken = { field: 'pipeline.name', reason: 'DUPLICATE', message: 'It exists.' } as const;
  const refusal = new Problem('ALREADY_EXISTS', 'DUPLICATE', 'A pipeline of this name exists.', { fields: [taken] });
  expect(problemJson(refusal, chinese).detail).toBe('已有相同的记录。');
  expect(problemJson(refusal, english).detail).toBe('A pipeline of this name exists.');
});

describe('a field error', () => {
  const problem = invalidField('lead.phones[0]', 'BAD_FORMAT', 'lead.phones[0] must be a phone number.', {
    format: 'phone',
  });

  test('is named as the caller wrote it', () => {
    const json = problemJson(problem, { ...english, bodyField: 'lead' });
    expect(json.errors).toEqual([
      {
        field: 'phones[0]',
        reason: 'BAD_FORMAT',
        message: 'phones[0] must be a phone number.',
        params: { format: 'phone' },
      },
    ]);
    expect(json.detail).toBe('phones[0] must be a phone number.');
  });
  test('is said in Chinese', () =>
    expect(problemJson(problem, { ...chinese, bodyField: 'lead' }).errors[0]!.message).toBe(
      'phones[0] 应为电话号码，例如 +86 10 8888 8888。',
    ));
  test('keeps its path when the body is the request', () =>
    expect(problemJson(problem, { ...english, bodyField: '*' }).errors[0]!.field).toBe('lead.phones[0]'));
  test('of the whole body has no name', () => {
    const json = problemJson(invalidField('lead', 'REQUIRED', 'lead is required.'), { ...english, bodyField: 'lead' });
    expect(json.errors[0]).toMatchObject({ field: '', message: 'The body is required.' });
  });
  test('is not renamed when only its beginning is alike', () => {
    expect(
      problemJson(invalidField('leadTime', 'REQUIRED', 'x'), { ...english, bodyField: 'lead' }).errors[0]!.field,
    ).toBe('leadTime');
  });
  test.each([
    [{ min: 1 }, '不能小于 1'],
    [{ max: 9 }, '不能大于 9'],
    [{ min: 1, max: 9 }, '应在 1 到 9 之间'],
  ])('tells the bounds that there are: %j', (params, said) => {
    expect(problemJson(invalidField('size', 'OUT_OF_RANGE', 'x', params), chinese).errors[0]!.message).toContain(said);
  });
});

test('what a service says in English stays, and in Chinese has its sentence', () => {
  expect(problemJson(notFound('lead'), english).detail).toBe('There is no such lead, or it is not yours to see.');
  expect(problemJson(stale('lead', 7), chinese).detail).toBe('此记录已被他人修改，当前为第 7 版，请刷新后重试。');
});

test('a reason without a Chinese sentence is said as the service says it', () => {
  expect(problemJson(refused('SOMETHING_NEW' as Reason, 'Not today.'), chinese)).toMatchObject({
    detail: 'Not today.',
    title: '当前不能这样做',
  });
});

test('the words of a broken connection stay inside', () => {
  const problem = new Problem('UNAVAILABLE', 'UNAVAILABLE', 'connect ECONNREFUSED 10.0.0.7:7310');
  expect(problemJson(problem, english).detail).not.toContain('10.0.0.7');
});

test('says when to come back', () => {
  expect(
    retryAfterOf(new Problem('RESOURCE_EXHAUSTED', 'TOO_BUSY', 'x', { params: { retryAfterSeconds: '30' } })),
  ).toBe(30);
  expect(retryAfterOf(new Problem('UNAVAILABLE', 'TOO_BUSY', 'x'))).toBe(1);
  expect(retryAfterOf(notFound('lead'))).toBeUndefined();
});

test.each([
  [undefined, 'en'],
  ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
  ['en-US,en;q=0.9,zh;q=0.1', 'en'],
  ['fr, zh-Hant;q=0.5', 'zh'],
  ['zh;q=0, en', 'en'],
  ['de', 'en'],
  ['zhuang', 'en'],
])('Accept-Language %s is %s', (accepted, language) =>
  expect(languageFor({ accepted, mode: 'cors', locale: undefined })).toBe(language),
);

test.each([
  ['nothing is asked for', undefined, 'cors', 'zh-CN', 'zh'],
  ['anything will do', '*', 'cors', 'zh-CN', 'zh'],
  ['the pages ask for theirs', 'en', 'cors', 'zh-CN', 'en'],
  ['a link sends what the machine prefers', 'en-US,en;q=0.9', 'navigate', 'zh-CN', 'zh'],
  ['a link of nobody signed in', 'zh-CN', 'navigate', undefined, 'zh'],
])('%s', (_, accepted, mode, locale, language) => expect(languageFor({ accepted, mode, locale })).toBe(language));
