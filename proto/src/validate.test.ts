import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { registry } from '../gen/registry.ts';
import { contract } from './contract.ts';
import { validInput } from './contract.arbitrary.ts';
import { validate } from './validate.ts';

const CREATE = 'crm.customer.v1.CreateLeadRequest';
const UPDATE = 'crm.customer.v1.UpdateLeadRequest';
const id = '019d433a-b8c0-7f36-8a05-9c98c312ae82';

const found = (message: string, value: unknown): string[] =>
  validate(message, value).map(({ field, reason }) => `${field} ${reason}`);
const ofLead = (lead: unknown): string[] => found(CREATE, { lead });

describe('a lead is refused field by field', () => {
  test.each<[string, unknown, string[]]>([
    ['nothing', {}, ['lead.name REQUIRED']],
    ['blank name', { name: '  ' }, ['lead.name REQUIRED']],
    ['null name', { name: null }, ['lead.name REQUIRED']],
    ['no object', 'Li Na', ['lead WRONG_TYPE']],
    ['a list', [], ['lead WRONG_TYPE']],
    ['wrong type', { name: 7 }, ['lead.name WRONG_TYPE']],
    ['unknown field', { name: 'Li', colour: 'red' }, ['lead.colour UNKNOWN_FIELD']],
    ['name of the .proto file', { name: 'Li', owner_id: id }, ['lead.owner_id UNKNOWN_FIELD']],
    ['inherited name', { name: 'Li', toString: 'x' }, ['lead.toString UNKNOWN_FIELD']],
    ['too long', { name: '线'.repeat(201) }, ['lead.name TOO_LONG']],
    ['NUL', { name: 'Li\0' }, ['lead.name BAD_TEXT']],
    ['half a character', { name: 'Li \ud83d' }, ['lead.name BAD_TEXT']],
    ['bad item', { name: 'Li', phones: ['+86 10 8888 8888', 'call me'] }, ['lead.phones[1] BAD_FORMAT']],
    ['empty item', { name: 'Li', emails: [''] }, ['lead.emails[0] BAD_FORMAT']],
    ['too many', { name: 'Li', phones: Array(6).fill('123') }, ['lead.phones TOO_MANY']],
    ['no list', { name: 'Li', phones: '123' }, ['lead.phones WRONG_TYPE']],
    ['negative', { name: 'Li', version: -1 }, ['lead.version OUT_OF_RANGE']],
    ['fraction', { name: 'Li', version: 1.5 }, ['lead.version WRONG_TYPE']],
    ['number as text', { name: 'Li', version: '1' }, ['lead.version WRONG_TYPE']],
    [
      'set by the system',
      { name: 'Li', number: 'LEAD-1', state: 'LEAD_STATE_NEW' },
      ['lead.number OUTPUT_ONLY', 'lead.state OUTPUT_ONLY'],
    ],
    ['no such day', { name: 'Li', nextContactDate: '2026-02-29' }, ['lead.nextContactDate BAD_FORMAT']],
    ['empty but declared optional', { name: 'Li', ownerId: '' }, ['lead.ownerId BAD_FORMAT']],
    ['two of a oneof', { name: 'Li', custom: { budget: { text: 'a', number: '1' } } }, ['lead.custom.budget ONE_OF']],
    ['custom value without a kind', { name: 'Li', custom: { budget: 'much' } }, ['lead.custom.budget WRONG_TYPE']],
    [
      'money inside',
      { name: 'Li', custom: { budget: { money: { amount: '1,5', currency: 'yuan' } } } },
      ['lead.custom.budget.money.amount BAD_FORMAT', 'lead.custom.budget.money.currency BAD_FORMAT'],
    ],
    [
      'prototype',
      { name: 'Li', custom: JSON.parse('{"__proto__": {"text": "x"}}') },
      ['lead.custom.__proto__ BAD_FORMAT'],
    ],
  ])('%s', (_, lead, errors) => expect(ofLead(lead)).toEqual(errors));
});

test('what is right passes', () => {
  const lead = {
    name: '线'.repeat(200),
    number: '',
    state: 'LEAD_STATE_UNSPECIFIED',
    shares: [],
    createTime: null,
    phones: ['（010）8888-8888'],
    departmentId: '',
    ownerId: null,
    custom: { budget: { money: { amount: '12.50', currency: 'CNY' } }, none: {} },
  };
  expect(ofLead(lead)).toEqual([]);
  // 200 characters that are two code units each.
  expect(ofLead({ name: '𠮷'.repeat(200) })).toEqual([]);
});

test('an error names field, reason and numbers, and says it in a sentence', () => {
  expect(validate(CREATE, { lead: { name: 'x'.repeat(201) } })).toEqual([
    {
      field: 'lead.name',
      reason: 'TOO_LONG',
      message: 'lead.name must have at most 200 characters.',
      params: { max: 200 },
    },
  ]);
});

test('enums, bounds, times and masks of other requests', () => {
  expect(found('crm.customer.v1.SetLeadStateRequest', { id, state: 'NEW' })).toEqual(['state UNKNOWN_VALUE']);
  expect(found('crm.customer.v1.SetLeadStateRequest', { id, state: 3 })).toEqual(['state WRONG_TYPE']);
  expect(found('crm.customer.v1.SetLeadStateRequest', { id, state: 'UNRECOGNIZED' })).toEqual(['state UNKNOWN_VALUE']);
  expect(found('crm.customer.v1.SetLeadStateRequest', { id, state: 'LEAD_STATE_UNSPECIFIED' })).toEqual([
    'state REQUIRED',
  ]);
  expect(found('crm.customer.v1.ListLeadsRequest', { pageSize: 201 })).toEqual(['pageSize OUT_OF_RANGE']);
  // Not how far the type would reach.
  expect(validate('crm.customer.v1.ListLeadsRequest', { pageSize: -1 })).toMatchObject([
    { field: 'pageSize', reason: 'OUT_OF_RANGE', params: { min: 0, max: 200 } },
  ]);
  const share = { employeeId: id, access: 'SHARE_ACCESS_READ', endTime: '2026-03-31' };
  expect(found('crm.customer.v1.ShareLeadRequest', { id, shares: [share] })).toEqual(['shares[0].endTime BAD_FORMAT']);
});

describe('an update', () => {
  const update = (lead: unknown, updateMask?: string): string[] =>
    found(UPDATE, { id, lead, ...(updateMask !== undefined && { updateMask }) });

  test('without a mask writes what is there', () => {
    expect(update({ company: 'Pelagic' })).toEqual([]);
    // Over gRPC empty and absent are one thing; the gateway always sends a mask.
    expect(update({ name: '' })).toEqual([]);
    expect(update({ name: '  ' })).toEqual(['lead.name REQUIRED']);
    expect(update(registry.get('crm.customer.v1.Lead')!.toJSON({}))).toEqual([]);
    expect(update({ number: 'LEAD-1' })).toEqual(['lead.number OUTPUT_ONLY']);
  });
  test('with a mask writes what it names', () => {
    expect(update({ company: 'Pelagic' }, 'company')).toEqual([]);
    expect(update({ company: 'Pelagic' }, 'company,name')).toEqual(['lead.name REQUIRED']);
    expect(update({ name: '' }, 'name')).toEqual(['lead.name REQUIRED']);
    expect(update({ number: 'LEAD-1' }, 'number')).toEqual(['lead.number OUTPUT_ONLY']);
    expect(update({}, 'next_contact_date,ownerId,custom.budget')).toEqual([]);
  });
  test('may send back the whole record when the mask names only what can be written', () => {
    expect(update({ name: 'Li', number: 'LEAD-1', state: 'LEAD_STATE_NEW' }, 'name')).toEqual([]);
  });
  test('still checks what the mask does not name', () => {
    expect(update({ name: 'Li', version: 'x' }, 'name')).toEqual(['lead.version WRONG_TYPE']);
  });
  test('holds a default to no bound that the mask leaves out', () => {
    const enterprise = { name: 'Pelagic', fiscalYearStartMonth: 0 };
    const asked = (updateMask: string) => found('crm.identity.v1.UpdateEnterpriseRequest', { enterprise, updateMask });
    expect(asked('name')).toEqual([]);
    expect(asked('fiscalYearStartMonth')).not.toEqual([]);
  });
  test('with a star writes all', () => expect(update({ company: 'Pelagic' }, '*')).toEqual(['lead.name REQUIRED']));
  test('refuses a mask with fields that are not there or not to be written', () => {
    expect(validate(UPDATE, { id, lead: {}, updateMask: 'colour,number,phones.first' })).toMatchObject([
      {
        field: 'updateMask',
        reason: 'UNKNOWN_FIELD',
        params: { path: 'colour' },
        message: 'There is no field colour.',
      },
      { field: 'lead.number', reason: 'OUTPUT_ONLY' },
      { field: 'updateMask', reason: 'UNKNOWN_FIELD', params: { path: 'phones.first' } },
    ]);
    expect(found(UPDATE, { id, lead: {}, updateMask: ['name'] })).toEqual(['updateMask WRONG_TYPE']);
  });
  test('of a message alone takes its mask as an option', () => {
    expect(validate('crm.customer.v1.Lead', { company: 'x' }, { partial: ['company'] })).toEqual([]);
    expect(validate('crm.customer.v1.Lead', { company: 'x' }, { partial: ['name'] })).toMatchObject([
      { field: 'name', reason: 'REQUIRED' },
    ]);
  });
});

test('what a service sends is not held to the bounds of requests', () => {
  expect(validate('crm.customer.v1.Lead', { number: 'LEAD-1', name: '' }, { output: true })).toEqual([]);
  expect(validate('crm.customer.v1.Lead', { number: 1 }, { output: true })).toMatchObject([{ reason: 'WRONG_TYPE' }]);
});

test('depth and number of errors have an end', () => {
  let deep: unknown = 'end';
  for (let level = 0; level < 50_000; level++) deep = { deep };
  expect(validate('crm.customer.v1.LeadUpdated', { before: deep })).toMatchObject([{ reason: 'TOO_DEEP' }]);
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, number) => [`x${number}`, 1]));
  expect(validate(CREATE, many)).toHaveLength(100);
});

test('an unknown message is a mistake of the program', () => {
  expect(() => validate('crm.customer.v1.Nothing', {})).toThrow('has no message');
});

const requests = [...new Set([...contract.rpcs.values()].map((rpc) => rpc.request))];

test('whatever is right passes and survives ts-proto and the wire unchanged', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...requests).chain((message) => fc.tuple(fc.constant(message), validInput(message))),
      ([message, value]) => {
        expect(validate(message, value)).toEqual([]);
        const codec = registry.get(message)!;
        const decoded = codec.decode(codec.encode(codec.fromJSON(value)).finish());
        expect(codec.toJSON(decoded)).toMatchObject(present(value) as object);
      },
    ),
    { numRuns: 2000 },
  );
});

/** null is absent. */
function present(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(present);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([key, member]) => [key, present(member)]));
}

test('an empty text is no time, also where an update leaves it out', () => {
  const update = { id: '018f0000-0000-7000-8000-000000000000', activity: { happenTime: '' }, updateMask: 'content' };
  const errors = validate('crm.customer.v1.UpdateActivityRequest', update);
  expect(errors.map(({ field }) => field)).toContain('activity.happenTime');
});

test('garbage never throws, and what passes can be encoded', () => {
  const garbage = fc.constantFrom(...requests).chain((message) =>
    fc.tuple(
      fc.constant(message),
      fc.oneof(
        fc.anything(),
        fc.jsonValue(),
        fc
          .tuple(validInput(message), fc.infiniteStream(fc.jsonValue()), fc.nat(20))
          .map(([value, stream, place]) => spoil(value, () => stream.next().value, place)),
      ),
    ),
  );
  fc.assert(
    fc.property(garbage, ([message, value]) => {
      const errors = validate(message, value);
      if (errors.length > 0 || typeof value !== 'object') return;
      const codec = registry.get(message)!;
      codec.decode(codec.encode(codec.fromJSON(value)).finish());
    }),
    { numRuns: 5000 },
  );
});

/** The value with one of its members, at any depth, replaced. */
function spoil(value: unknown, replacement: () => unknown, place: number): unknown {
  if (typeof value !== 'object' || value === null) return replacement();
  const keys = Object.keys(value);
  if (keys.length === 0) return replacement();
  const key = keys[place % keys.length]!;
  const copy: Record<string, unknown> = Array.isArray(value) ? ([...value] as never) : { ...value };
  copy[key] = spoil(copy[key], replacement, Math.floor(place / 2));
  return copy;
}

test('a lead is judged in microseconds', () => {
  const request = {
    lead: {
      name: 'Li Na',
      company: 'Pelagic',
      phones: ['+861088888888'],
      emails: ['li.na@example.com'],
      custom: { budget: { number: '12.5' } },
    },
  };
  for (let run = 0; run < 2000; run++) validate(CREATE, request);
  // What it computes, and not what it waits for while others compute.
  const started = process.cpuUsage();
  for (let run = 0; run < 5000; run++) validate(CREATE, request);
  expect(process.cpuUsage(started).user / 5000).toBeLessThan(100);
});
