import { disclose } from '@pelagic/capabilities/disclosure/disclose';
import { choosable, OPENABLE, policyOf } from '@pelagic/capabilities/disclosure/policy';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { AsyncApi } from './asyncapi.ts';

const ROOT = new URL('../../../', import.meta.url);
const text = readFileSync(new URL('docs/asyncapi-partner.yaml', ROOT), 'utf8');
const document = parse(text) as AsyncApi;
const ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema(document, 'partner');
const judge = (type: string) => ajv.getSchema(`partner#/components/messages/${type}/payload`)!;

const policy = policyOf(
  [...OPENABLE].map(([noun, known]) => ({ noun, fields: choosable(known).map(({ json }) => json), filter: '' })),
  'UTC',
);
const golden = readdirSync(new URL('proto/golden/', ROOT)).map(
  (name) => JSON.parse(readFileSync(new URL(`proto/golden/${name}`, ROOT), 'utf8')) as EventEnvelope,
);
/** A golden record has the time of its end too, like every other field. */
const alive = (event: EventEnvelope): EventEnvelope =>
  JSON.parse(
    JSON.stringify(event, (key, value: unknown) => (key === 'deleteTime' ? undefined : value)),
  ) as EventEnvelope;

describe('the document of what partners read', () => {
  const living = golden.filter(({ type }) => !type.endsWith('.deleted.v1')).map(alive);
  const told = [...golden, ...living].flatMap((event) => disclose(event, policy) ?? []);

  it('holds for whatever is told', () => {
    expect(told.length).toBeGreaterThan(20);
    for (const event of told)
      expect(judge(event.type)(event), `${event.type} ${ajv.errorsText(judge(event.type).errors)}`).toBe(true);
  });

  it('refuses what is not', () => {
    const lead = told.find(({ type }) => type.startsWith('crm.customer.lead.'))!;
    expect(judge(lead.type)({ ...lead, data: {} })).toBe(false);
    expect(judge(lead.type)({ ...lead, sequence: 1 })).toBe(false);
  });

  it('has a message for all that can come, and names nobody who did it', () => {
    const subjects = Object.keys(document.components.messages);
    expect(subjects).toContain('crm.sales.contract.gone.v1');
    expect(subjects.some((subject) => subject.startsWith('crm.identity.'))).toBe(false);
    expect(Object.keys(document.components.schemas['CloudEvent']!.properties!)).not.toContain('actorid');
    expect(text).not.toMatch(/passwordHash|onbehalfof|traceparent/);
  });
});
