import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { ownBody } from './own-events.ts';

const DOCS = new URL('../../../docs/', import.meta.url);
const read = (name: string) => parse(readFileSync(new URL(name, DOCS), 'utf8')) as Record<string, any>;
const document = read('openapi-webhooks.yaml');

it('the document of what is posted has every event of the bus, under the same schema', () => {
  const seen = read('asyncapi-partner.yaml')['components'].messages as Record<string, { payload: unknown }>;
  for (const [type, { payload }] of Object.entries(seen))
    expect(document['webhooks'][type].post.requestBody.content['application/cloudevents+json'].schema).toEqual(payload);
  expect(Object.keys(document['webhooks'])).toHaveLength(Object.keys(seen).length + 2);
});

it('holds for what the delivery says of itself', () => {
  const judge = new Ajv2020({ strict: false, validateFormats: false }).addSchema(document, 'webhooks');
  const delivery = {
    generation: 2,
    subscriptions: [{ noun: 'lead', fields: [], filter: '' }],
    fromTime: '2026-01-01T00:00:00Z',
  };
  for (const type of ['pelagic.webhook.begun.v1', 'pelagic.webhook.test.v1']) {
    const schema = judge.getSchema(
      `webhooks#/webhooks/${type}/post/requestBody/content/application~1cloudevents+json/schema`,
    )!;
    const body = ownBody('0198f9a2-6a3e-7c10-b2a5-4c6f0f5f2b11', type, delivery as never);
    expect(schema(JSON.parse(body))).toBe(true);
    expect(JSON.parse(body).time).toBe('2025-08-30T06:20:27.582Z');
    expect(schema({ ...JSON.parse(body), data: {} })).toBe(false);
  }
});
