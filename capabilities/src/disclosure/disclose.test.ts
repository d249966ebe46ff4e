import type { EventEnvelope } from '@pelagic/chassis/outbox';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { disclose } from './disclose.ts';
import { choiceErrors, OPENABLE, policyOf, type Choice } from './policy.ts';

const ID = '019a0000-0000-7000-8000-000000000001';
const WEB: Choice = { noun: 'lead', fields: ['name', 'state', 'custom.tier'], filter: 'source = "web"' };

const told = (verb: string, version: number, lead: object, before?: object): EventEnvelope => ({
  specversion: '1.0',
  id: '019a0000-0000-7000-8000-0000000000e1',
  source: '/crm/customer',
  type: `crm.customer.lead.${verb}.v1`,
  subject: ID,
  time: '2026-03-31T09:30:00.000Z',
  recordedtime: '2026-03-31T09:30:00.000Z',
  datacontenttype: 'application/json',
  sequence: String(version),
  noun: 'lead',
  actorid: 'somebody',
  actorkind: 'employee',
  reason: 'a reason',
  businessdate: '2026-03-31',
  traceparent: '00-1-1-01',
  data: { lead: { id: ID, version, ...lead }, ...(before && { before }) },
});

const seen = (event: EventEnvelope, choice = WEB) => disclose(event, policyOf([choice], 'Asia/Shanghai'));

describe('what an outsider gets of an event', () => {
  const lead = {
    name: 'Li Na',
    state: 'LEAD_STATE_NEW',
    source: 'web',
    phones: ['+861088888888'],
    custom: { tier: { text: 'A' }, secret: { text: 'x' } },
  };

  it('is the chosen fields of a record that the filter admits, and nobody’s name', () => {
    const event = seen(told('created', 1, lead))!;
    expect(event.data).toEqual({
      lead: { id: ID, version: 1, name: 'Li Na', state: 'LEAD_STATE_NEW', custom: { tier: { text: 'A' } } },
    });
    expect(JSON.stringify(event)).not.toMatch(/somebody|a reason|traceparent|8888|secret/);
    expect(seen(told('created', 1, { ...lead, source: 'fair' }))).toBeUndefined();
  });

  it('says of a change which chosen fields changed, and nothing when none did', () => {
    const changed = { name: 'Li', phones: [], custom: { tier: { text: 'B' }, secret: { text: 'y' } } };
    expect(seen(told('updated', 2, lead, changed))!.data['before']).toEqual({
      name: 'Li',
      custom: { tier: { text: 'B' } },
    });
    expect(seen(told('updated', 2, lead, { phones: [] }))).toBeUndefined();
    expect(seen(told('updated', 2, lead, { custom: { tier: { text: 'A' } } }))).toBeUndefined();
  });

  it('is a tombstone when the record goes out of sight, however that happens', () => {
    const gone = { lead: { id: ID, version: 2 }, gone: true };
    for (const event of [
      told('updated', 2, { ...lead, source: 'fair', name: 'Wang' }, { source: 'web', name: 'Li Na' }),
      told('deleted', 2, { ...lead, deleteTime: '2026-03-31T09:30:00Z' }, { deleteTime: null }),
    ])
      expect(seen(event)).toMatchObject({ type: 'crm.customer.lead.gone.v1', sequence: '2', data: gone });
    expect(seen(told('deleted', 2, { source: 'fair', deleteTime: 'x' }, { deleteTime: null }))).toBeUndefined();
  });

  it('is the whole of what comes into sight, without what it was before', () => {
    const event = seen(told('updated', 2, lead, { source: 'fair', name: 'Hidden' }))!;
    expect(event.data).toEqual({ lead: expect.objectContaining({ name: 'Li Na', version: 2 }) });
    expect(seen(told('restored', 3, lead, { deleteTime: '2026-03-30T00:00:00Z' }))!.data).not.toHaveProperty('before');
  });

  it('is nothing of a noun that was not chosen', () => {
    expect(disclose(told('created', 1, lead), policyOf([], 'UTC'))).toBeUndefined();
  });

  it('takes away what can no longer be known to have been hidden', () => {
    expect(seen(told('touched', 4, { ...lead, source: 'fair' }))).toMatchObject({ data: { gone: true } });
    expect(seen(told('touched', 4, lead))).toMatchObject({ data: { lead: { name: 'Li Na' } } });
  });
});

describe('a history', () => {
  const value = fc.constantFrom('web', 'fair', 'call');
  const state = fc.record({
    source: value,
    name: fc.string({ maxLength: 3 }),
    note: fc.string({ maxLength: 3 }),
    gone: fc.boolean(),
  });

  it('leaves an outsider with exactly the records and fields that the policy shows of the last state', () => {
    fc.assert(
      fc.property(fc.array(state, { minLength: 1, maxLength: 12 }), (states) => {
        let copy: unknown;
        let last: object = {};
        states.forEach(({ gone, ...fields }, index) => {
          const next = { ...fields, deleteTime: gone && index > 0 ? 'then' : null };
          const before = Object.fromEntries(
            Object.entries(next)
              .filter(([key, is]) => (last as Record<string, unknown>)[key] !== is)
              .map(([key]) => [key, (last as Record<string, unknown>)[key] ?? null]),
          );
          const event = seen(told('changed', index + 1, next, index ? before : undefined), {
            noun: 'lead',
            fields: ['name'],
            filter: 'source = web',
          });
          last = next;
          if (event) copy = event.data['gone'] ? undefined : (event.data['lead'] as { name: string }).name;
          const shown = !next.deleteTime && next.source === 'web';
          expect(copy).toBe(shown ? next.name : undefined);
          expect(JSON.stringify(event?.data ?? {})).not.toMatch(/note|source/);
        });
      }),
    );
  });
});

describe('a policy', () => {
  const reasons = (choice: Partial<Choice>) =>
    choiceErrors([{ ...WEB, filter: '', ...choice }], 'partner.subscriptions').map(({ field, reason }) => [
      field,
      reason,
    ]);

  it('names nouns that people keep, fields of theirs, and a filter that reads them', () => {
    expect(choiceErrors([WEB], 'partner.subscriptions')).toEqual([]);
    expect([...OPENABLE.keys()]).toEqual(expect.arrayContaining(['lead', 'customer', 'contract', 'receipt', 'ticket']));
    for (const inside of ['employee', 'role', 'api_key', 'audit_entry', 'saved_view', '__proto__'])
      expect(reasons({ noun: inside })).toEqual([['partner.subscriptions[0].noun', 'UNKNOWN_NOUN']]);
    expect(reasons({ fields: ['name', 'shares', 'custom.Ü', 'constructor'] })).toEqual([
      ['partner.subscriptions[0].fields[1]', 'UNKNOWN_FIELD'],
      ['partner.subscriptions[0].fields[2]', 'UNKNOWN_FIELD'],
      ['partner.subscriptions[0].fields[3]', 'UNKNOWN_FIELD'],
    ]);
    expect(choiceErrors([WEB, WEB], 's')).toMatchObject([{ field: 's[1].noun', reason: 'DUPLICATE' }]);
  });

  it('has no filter that depends on who reads it and when', () => {
    for (const filter of ['create_time > today(-7)', 'owner_id = me()', 'NOT (a = 1)', 'state = FLYING', 'name ='])
      expect(reasons({ filter })).toEqual([['partner.subscriptions[0].filter', expect.any(String)]]);
  });
});
