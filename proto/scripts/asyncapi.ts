// docs/asyncapi.yaml and docs/events.md: what travels on the bus.
import { stringify } from 'yaml';
import type { Contract, EventType } from '../src/contract-data.ts';
import { describe, Schemas, type Schema } from './schemas.ts';

interface Attribute {
  name: string;
  schema: Schema;
  required: boolean;
  text: string;
}

const text = { type: 'string' };
const time = { type: 'string', format: 'date-time' };

/** The envelope of src/cloud-event.ts, for readers. */
const attributes: Attribute[] = [
  { name: 'specversion', schema: { const: '1.0' }, required: true, text: 'CloudEvents 1.0, structured JSON.' },
  {
    name: 'id',
    schema: { type: 'string', format: 'uuid' },
    required: true,
    text: 'Unique for ever, and the `Nats-Msg-Id`. A stream may hold an id twice: keep the ids of what you have done.',
  },
  { name: 'source', schema: text, required: true, text: '`/crm/<service>`: who says it.' },
  { name: 'type', schema: text, required: true, text: 'What happened; the same as the NATS subject.' },
  { name: 'subject', schema: text, required: true, text: 'Id of the record.' },
  { name: 'time', schema: time, required: true, text: 'When it happened. Imported history carries its own date.' },
  { name: 'recordedtime', schema: time, required: true, text: 'When it was recorded. Replay and retention go by it.' },
  { name: 'datacontenttype', schema: { const: 'application/json' }, required: true, text: 'Always JSON.' },
  { name: 'dataschema', schema: text, required: true, text: 'URN of the message that `data` is.' },
  {
    name: 'sequence',
    schema: { type: 'string', pattern: '^[1-9][0-9]*$' },
    required: true,
    text: 'Version of the record after the event, as a decimal string; gapless per record.',
  },
  { name: 'noun', schema: text, required: true, text: 'Kind of the record.' },
  { name: 'actorid', schema: text, required: true, text: 'Who did it.' },
  {
    name: 'actorkind',
    schema: { enum: ['employee', 'public', 'service', 'job', 'api_key'] },
    required: true,
    text: 'What kind of caller that is.',
  },
  {
    name: 'onbehalfof',
    schema: text,
    required: false,
    text: 'The employee in whose name a job, service or key acted.',
  },
  { name: 'reason', schema: text, required: false, text: "Why, in the actor's words." },
  {
    name: 'businessdate',
    schema: { type: 'string', format: 'date' },
    required: true,
    text: "Day in the enterprise's time zone; reports go by it.",
  },
  { name: 'imported', schema: { const: 'true' }, required: false, text: '`true` for history that was brought in.' },
  { name: 'traceparent', schema: text, required: false, text: 'W3C trace context.' },
  { name: 'requestid', schema: text, required: false, text: 'The request that caused it.' },
];

const envelope: Schema = {
  type: 'object',
  required: [...attributes.filter(({ required }) => required).map(({ name }) => name), 'data'],
  properties: {
    ...Object.fromEntries(attributes.map(({ name, schema, text }) => [name, { ...schema, description: text }])),
    data: { type: 'object' },
  },
};

export function asyncApi(contract: Contract, comments: ReadonlyMap<string, string>): string {
  const schemas = new Schemas(contract, comments);
  const events = [...contract.events.values()];
  const messages = events.map((event) => [event.subject, message(schemas, event)]);
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'Pelagic events',
      version: 'v1',
      description:
        'Every change of a record is one event on one subject. Events of a record stand in the stream in the order of `sequence`, save what was lost and put back (header `Pelagic-Healed`). A subject keeps its version as long as changes only add; a change that breaks readers gets a new subject beside the old one.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/cloudevents+json',
    servers: {
      nats: {
        host: 'nats.example.com:4222',
        protocol: 'nats',
        description: 'NATS with JetStream, one stream per service.',
      },
    },
    channels: Object.fromEntries(
      events.map(({ subject, summary }) => [
        subject,
        { address: subject, summary, messages: { event: { $ref: `#/components/messages/${subject}` } } },
      ]),
    ),
    operations: Object.fromEntries(
      events.map(({ subject }) => [
        `publish.${subject}`,
        { action: 'send', channel: { $ref: `#/channels/${subject}` } },
      ]),
    ),
    components: {
      messages: Object.fromEntries(messages),
      schemas: { CloudEvent: envelope, ...schemas.all },
    },
  };
  return stringify(document, { lineWidth: 120, aliasDuplicateObjects: false });
}

function message(schemas: Schemas, { subject, message, noun, summary }: EventType): Schema {
  return {
    name: subject,
    summary,
    ...describe(schemas.comment(message)),
    tags: [{ name: noun }],
    payload: {
      allOf: [
        { $ref: '#/components/schemas/CloudEvent' },
        { type: 'object', properties: { type: { const: subject }, data: schemas.message(message, 'answer') } },
      ],
    },
  };
}

/** The catalogue for people: a table per service. */
export function eventsPage(contract: Contract): string {
  const services = [...Map.groupBy(contract.events.values(), ({ service }) => service)].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const row = (event: EventType): string =>
    `| \`${event.subject}\` | ${event.noun} | ${event.summary} | \`${event.message}\` |\n`;
  return `# Events

Generated from the contracts. Every change of a record is one event; its data is the state of the record after the change
and, in \`before\`, the changed fields with their values before. A complete example of each stands in \`proto/golden/\`, the
schemas in [asyncapi.yaml](asyncapi.yaml).

## Order

The versions of a record stand in the stream in order, each at least once. Only what a stream lost and the reconciler put back
(header \`Pelagic-Healed\`) stands behind later versions. The consumers of the product handle each event once and the versions of a record in their order:
one process reads, what fails holds back its record, what was lost is waited for ([0015](adr/0015-versions-in-order.md)); what is parked is
left out, and comes when somebody drives it again. Who reads with a consumer of their own goes by \`id\` and \`sequence\`: JetStream gives out again
behind later events what was not acknowledged.

## The envelope

Structured [CloudEvents 1.0](https://cloudevents.io) JSON.

| attribute | always | meaning |
|---|---|---|
${attributes.map(({ name, required, text }) => `| \`${name}\` | ${required ? 'yes' : 'no'} | ${text} |\n`).join('')}| \`data\` | yes | The event's message as JSON. |

${services.map(([service, events]) => `## ${service}\n\n| subject | noun | what happened | message |\n|---|---|---|---|\n${events.map(row).join('')}`).join('\n')}`;
}
