import { describe, expect, test } from 'vitest';
import type { Problem } from '@pelagic/chassis/problem';
import { contract } from '@pelagic/proto/contract';
import { rpcRequest, type Incoming } from './rpc-request.ts';

const ID = '019d433a-b8c0-7abc-8def-0123456789ab';

const request = (name: string, incoming: Partial<Incoming>): Record<string, unknown> => {
  const rpc = contract.rpcs.get(`crm.${name}`)!;
  return rpcRequest(rpc, rpc.bindings[0]!, { params: {}, query: {}, body: undefined, ...incoming });
};

const errorsOf = (name: string, incoming: Partial<Incoming>): string[] => {
  try {
    request(name, incoming);
  } catch (error) {
    const { fields, reason } = error as Problem;
    return fields.length ? fields.map((field) => `${field.field} ${field.reason}`) : [reason];
  }
  return [];
};

const LIST = 'customer.v1.LeadService/ListLeads';
const CREATE = 'customer.v1.LeadService/CreateLead';
const UPDATE = 'customer.v1.LeadService/UpdateLead';
const ASSIGN = 'customer.v1.LeadService/AssignLead';
const DELETE = 'customer.v1.LeadService/DeleteLead';

describe('text of a query becomes', () => {
  test.each([
    [{ pageSize: '20' }, { pageSize: 20 }],
    [
      { deleted: 'true', count: 'false' },
      { deleted: true, count: false },
    ],
    [
      { filter: 'name = "1"', query: '007' },
      { filter: 'name = "1"', query: '007' },
    ],
  ])('%j → %j', (query, expected) => expect(request(LIST, { query })).toEqual(expected));

  test('a list, also of one', () => {
    const name = 'customer.v1.TimelineService/ListTimeline';
    const needed = { noun: 'lead', recordId: ID };
    expect(request(name, { query: { ...needed, kinds: 'call' } })).toMatchObject({ kinds: ['call'] });
    expect(request(name, { query: { ...needed, kinds: ['call', 'mail'] } })).toMatchObject({ kinds: ['call', 'mail'] });
  });

  test.each([
    [{ pageSize: 'ten' }, 'pageSize WRONG_TYPE'],
    [{ pageSize: '1e2' }, 'pageSize WRONG_TYPE'],
    [{ pageSize: '' }, 'pageSize WRONG_TYPE'],
    [{ pageSize: '999' }, 'pageSize OUT_OF_RANGE'],
    [{ deleted: 'yes' }, 'deleted WRONG_TYPE'],
    [{ query: ['a', 'b'] }, 'query WRONG_TYPE'],
    [{ page_size: '1' }, 'page_size UNKNOWN_FIELD'],
    [{ ['__proto__']: 'x' }, '__proto__ UNKNOWN_FIELD'],
    [{ constructor: 'x' }, 'constructor UNKNOWN_FIELD'],
  ])('or an error: %j', (query, expected) =>
    expect(errorsOf(LIST, { query: query as unknown as Record<string, string> })).toEqual([expected]),
  );
});

describe('a body', () => {
  test('stands in its field', () => {
    expect(request(CREATE, { body: { name: 'Li Na' }, query: { validateOnly: 'true' } })).toEqual({
      lead: { name: 'Li Na' },
      validateOnly: true,
    });
  });
  test('is the request beside the path', () => {
    expect(request(ASSIGN, { params: { id: ID }, body: { version: 3 } })).toEqual({ id: ID, version: 3 });
  });
  test('may be left out when nothing in it is needed', () => {
    expect(request('customer.v1.LeadService/UndeleteLead', { params: { id: ID } })).toEqual({ id: ID });
  });
  test.each([
    [
      'cannot name what the path names',
      ASSIGN,
      { params: { id: ID }, body: { id: ID, version: 1 } },
      ['id UNKNOWN_FIELD'],
    ],
    [
      'leaves no room for a query',
      ASSIGN,
      { params: { id: ID }, body: {}, query: { version: '1' } },
      ['version UNKNOWN_FIELD'],
    ],
    ['cannot come in by the query', CREATE, { query: { lead: 'x' } }, ['lead UNKNOWN_FIELD']],
    ['is missed', CREATE, {}, ['lead REQUIRED']],
    ['is an object', ASSIGN, { params: { id: ID }, body: [] }, [' WRONG_TYPE']],
    ['is not coerced', CREATE, { body: { name: 7 } }, ['lead.name WRONG_TYPE']],
    ['is checked to its depth', CREATE, { body: { name: 'x', phones: ['none'] } }, ['lead.phones[0] BAD_FORMAT']],
    ['says nothing that is not asked', DELETE, { params: { id: ID }, body: { version: 3 } }, ['BODY_NOT_EXPECTED']],
  ] as [string, string, Partial<Incoming>, string[]][])('%s', (_, name, incoming, expected) =>
    expect(errorsOf(name, incoming)).toEqual(expected),
  );
});

describe('an update without a mask', () => {
  const mask = (body: unknown) => request(UPDATE, { params: { id: ID }, body })['updateMask'];

  test('writes what its body holds', () => expect(mask({ name: 'Li', note: '', version: 4 })).toBe('name,note'));
  test('clears what is null', () => expect(mask({ ownerId: null, phones: [] })).toBe('phones,ownerId'));
  test('writes custom fields one by one', () => {
    const body = { custom: { tier: { text: 'A' }, budget: null } };
    expect(request(UPDATE, { params: { id: ID }, body })).toEqual({
      id: ID,
      lead: { custom: { tier: { text: 'A' } } },
      updateMask: 'custom.tier,custom.budget',
    });
  });
  test.each([[{}], [{ version: 3 }], [{ custom: {} }]])('is refused when there is nothing: %j', (body) => {
    expect(errorsOf(UPDATE, { params: { id: ID }, body })).toEqual(['lead NOTHING_TO_WRITE']);
  });
  test('names an unknown field once', () =>
    expect(errorsOf(UPDATE, { params: { id: ID }, body: { nme: 'x' } })).toEqual(['lead.nme UNKNOWN_FIELD']));
  test('takes no second path out of a key', () => {
    expect(errorsOf(UPDATE, { params: { id: ID }, body: { custom: { 'a,name': { text: 'x' } } } })).toEqual([
      'lead.custom.a,name UNKNOWN_FIELD',
    ]);
  });
  test('misses a required field that is cleared', () =>
    expect(errorsOf(UPDATE, { params: { id: ID }, body: { name: null } })).toEqual(['lead.name REQUIRED']));
  test('leaves a given mask alone', () => {
    expect(
      request(UPDATE, { params: { id: ID }, query: { updateMask: 'name' }, body: { name: 'x', note: 'y' } })[
        'updateMask'
      ],
    ).toBe('name');
  });
});

describe('an idempotency key', () => {
  const body = { name: 'Li Na' };
  test.each([['abc'], ['"abc"']])('%s is the request id', (idempotencyKey) =>
    expect(request(CREATE, { body, idempotencyKey })['requestId']).toBe('abc'),
  );
  test('may stand in both places when it is the same', () =>
    expect(request(CREATE, { body, query: { requestId: 'abc' }, idempotencyKey: 'abc' })['requestId']).toBe('abc'));
  test('is refused when it is two', () =>
    expect(errorsOf(CREATE, { body, query: { requestId: 'abc' }, idempotencyKey: 'xyz' })).toEqual([
      'IDEMPOTENCY_KEY_TWICE',
    ]));
  test('means nothing to an rpc without a request id', () =>
    expect(request(ASSIGN, { params: { id: ID }, body: {}, idempotencyKey: 'abc' })).toEqual({ id: ID }));
});
