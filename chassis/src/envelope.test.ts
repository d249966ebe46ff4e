import { readFileSync } from 'node:fs';
import { contract } from '@pelagic/proto/contract';
import { describe, expect, it } from 'vitest';
import { readEnvelope, storable } from './envelope.ts';

const golden = (subject: string): string =>
  readFileSync(new URL(`../../proto/golden/${subject}.json`, import.meta.url), 'utf8');

const LEAD = 'crm.customer.lead.created.v1';
const lead = (more: object) => JSON.stringify({ ...(JSON.parse(golden(LEAD)) as object), ...more });
const reasonOf = (body: string): string => {
  try {
    readEnvelope(body);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('an event', () => {
  it.each([...contract.events.keys()])('%s of the catalogue is read', (subject) => {
    expect(readEnvelope(golden(subject))).toEqual(JSON.parse(golden(subject)));
  });

  it('of an earlier or a later release is read: fields may be absent or unheard of', () => {
    expect(reasonOf(lead({ data: { lead: { name: 'Li Na', tomorrow: 1, state: 'LEAD_STATE_TOMORROW' } } }))).toBe('');
    expect(reasonOf(lead({ type: 'crm.customer.lead.exploded.v7', data: { anything: 1 } }))).toBe('');
  });

  it.each([
    ['no JSON', '{', 'JSON object'],
    ['nothing', 'null', 'JSON object'],
    ['without an id', lead({ id: undefined }), 'id'],
    ['whose id is none', lead({ id: 'x' }), 'id'],
    ['about no record', lead({ subject: 'x' }), 'subject'],
    ['of another noun than it says', lead({ noun: 'customer' }), 'noun'],
    ['of nobody', lead({ source: undefined }), 'source'],
    ['of version 0', lead({ sequence: '0' }), 'version'],
    ['of a version that no table holds', lead({ sequence: '2147483648' }), 'version'],
    ['of a day that is not', lead({ businessdate: '2026-02-30' }), 'businessdate'],
    ['of no time', lead({ time: 'yesterday' }), 'time'],
    ['of an actor that is no text', lead({ actorid: {} }), 'actor'],
    ['without data', lead({ data: [] }), 'data'],
    ['whose data has another type', lead({ data: { lead: { name: 7 } } }), 'lead.name must be text'],
  ])('%s is refused, and it is said why', (_, body, why) => {
    expect(reasonOf(body)).toContain(why);
  });
});

it('what Postgres cannot hold is kept as far as it can', () => {
  expect(storable('a\0b\ud800')).toBe('a\ufffdb\ufffd');
});
