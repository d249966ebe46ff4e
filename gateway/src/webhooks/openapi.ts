import type { AsyncApi, Schema } from '../partners/asyncapi.ts';

type OpenApi = Record<string, unknown> & {
  webhooks: Record<string, object>;
  components: { schemas: Record<string, Schema> };
};

const OWN_EVENT: Schema = {
  type: 'object',
  description: 'What the delivery says of itself.',
  required: ['specversion', 'id', 'source', 'type', 'time', 'data'],
  properties: {
    specversion: { const: '1.0' },
    id: { type: 'string', format: 'uuid' },
    source: { const: '/pelagic/webhook' },
    type: { enum: ['pelagic.webhook.begun.v1', 'pelagic.webhook.test.v1'] },
    time: { type: 'string', format: 'date-time' },
    datacontenttype: { const: 'application/json' },
    data: {
      type: 'object',
      required: ['generation', 'nouns'],
      properties: {
        generation: { type: 'integer', description: 'Of the policy, which counts its changes.' },
        nouns: { type: 'array', items: { type: 'string' }, description: 'Which kinds of record are told of.' },
        from: { type: 'string', format: 'date-time', description: 'From when on.' },
      },
    },
  },
};

const header = (name: string, description: string) => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string' },
});
const HEADERS = {
  id: header('webhook-id', 'The event’s id; the same on every try.'),
  timestamp: header('webhook-timestamp', 'When it was posted, in seconds since 1970.'),
  signature: header(
    'webhook-signature',
    'v1, and HMAC-SHA256 over id.timestamp.body in base64; two, with a space between, while a secret is replaced.',
  ),
  generation: header('pelagic-generation', 'By which policy it was told.'),
};

const RESPONSES = {
  '2XX': { description: 'It is kept.' },
  '410': { description: 'No more events, until an administrator starts it again.' },
  default: { description: 'It comes again, later when Retry-After says so.' },
};

const posting = (summary: string, payload: object) => ({
  post: {
    summary,
    parameters: Object.keys(HEADERS).map((name) => ({ $ref: `#/components/parameters/${name}` })),
    requestBody: { required: true, content: { 'application/cloudevents+json': { schema: payload } } },
    responses: RESPONSES,
  },
});

/** What is posted to a partner system, for machines: the events that it would read on the bus, and those of the delivery. */
export const webhookView = (partner: AsyncApi): OpenApi => {
  const events = Object.entries(partner.components.messages).map(
    ([type, { summary, payload }]) => [type, posting(summary as unknown as string, payload as object)] as const,
  );
  const own = { $ref: '#/components/schemas/DeliveryEvent' };
  return {
    openapi: '3.1.0',
    info: {
      ...partner.info,
      title: 'Pelagic webhooks',
      description:
        'What is posted to a partner system, at most: a policy says which records and which of their fields are told.',
    },
    webhooks: {
      ...Object.fromEntries(events),
      'pelagic.webhook.begun.v1': posting('A policy begins: empty your copy, everything follows.', own),
      'pelagic.webhook.test.v1': posting('An administrator tries whether you answer.', own),
    },
    components: { parameters: HEADERS, schemas: { ...partner.components.schemas, DeliveryEvent: OWN_EVENT } },
  } as OpenApi;
};
