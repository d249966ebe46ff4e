import { choosable, keyOf, OPENABLE } from '@pelagic/capabilities/disclosure/policy';
import { DISCLOSED } from '@pelagic/capabilities/disclosure/disclose';
import { contract, type EventType, type Noun } from '@pelagic/proto/contract';

export type Schema = Record<string, unknown> & { properties?: Record<string, Schema>; required?: string[] };
/** As much of an AsyncAPI document as is looked at here. */
export type AsyncApi = {
  info: Record<string, unknown>;
  components: { messages: Record<string, Schema>; schemas: Record<string, Schema> };
  [key: string]: unknown;
};

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const titled = (noun: Noun): string => noun.message.slice(noun.message.lastIndexOf('.') + 1);
/** What a policy can tell of; what was deleted is gone, like all that is out of sight. */
const told = (): EventType[] =>
  [...contract.events.values()].filter(({ noun, subject }) => OPENABLE.has(noun) && !subject.endsWith('.deleted.v1'));
const goneSubject = ({ service, noun }: Noun): string => `crm.${service}.${noun}.gone.v1`;

const only = ({ properties = {}, ...schema }: Schema, names: Iterable<string>, required: string[]): Schema => ({
  ...schema,
  ...(required.length && { required }),
  properties: Object.fromEntries([...names].flatMap((name) => (properties[name] ? [[name, properties[name]]] : []))),
});

/** A record as far as any policy goes: everything but id and version is there when it was chosen. */
const recordSchema = (noun: Noun, inside: AsyncApi): Schema => {
  const names = ['id', 'version', ...choosable(noun).map(({ json }) => json), ...(noun.custom ? ['custom'] : [])];
  return only(inside.components.schemas[titled(noun)]!, names, ['id', 'version']);
};

const envelope = (inside: AsyncApi): Schema => {
  const whole = inside.components.schemas['CloudEvent']!;
  const optional = new Set(['imported']);
  return only(
    whole,
    DISCLOSED,
    DISCLOSED.filter((name) => !optional.has(name)),
  );
};

const payload = (type: string, data: Schema): Schema => ({
  allOf: [ref('CloudEvent'), { type: 'object', properties: { type: { const: type }, data } }],
});

const changeMessage = ({ subject, noun: name, summary }: EventType): Schema => {
  const noun = OPENABLE.get(name)!;
  const before = { type: 'object', description: 'The chosen fields that changed, with their values before.' };
  const data = { type: 'object', required: [keyOf(name)], properties: { [keyOf(name)]: ref(titled(noun)), before } };
  return { name: subject, summary, tags: [{ name }], payload: payload(subject, data as unknown as Schema) };
};

const goneMessage = (noun: Noun): Schema => {
  const key = keyOf(noun.noun);
  const record = only(
    { type: 'object', properties: { id: { type: 'string' }, version: { type: 'integer' } } },
    ['id', 'version'],
    ['id', 'version'],
  );
  const data = { type: 'object', required: [key, 'gone'], properties: { [key]: record, gone: { const: true } } };
  return {
    name: goneSubject(noun),
    summary: 'A record is out of your sight: deleted, or no longer one of those that you may see.',
    tags: [{ name: noun.noun }],
    payload: payload(goneSubject(noun), data as unknown as Schema),
  };
};

/** The schemas that the named ones are made of, by whatever way. */
const closure = (schemas: Record<string, Schema>, all: Record<string, Schema>): Record<string, Schema> => {
  const known: Record<string, Schema> = { ...schemas };
  const waiting: unknown[] = Object.values(schemas);
  for (let next = waiting.pop(); next; next = waiting.pop())
    for (const [, name] of JSON.stringify(next).matchAll(/"#\/components\/schemas\/(\w+)"/g))
      if (!Object.hasOwn(known, name!)) waiting.push((known[name!] = all[name!]!));
  return known;
};

const parameters = {
  user: { description: 'Your user name.' },
  generation: { description: 'Of your policy, as `hello` answers it.' },
};
const place = { stream: { type: 'string' }, consumer: { type: 'string' }, generation: { type: 'integer' } };
const refused = { type: 'object', required: ['error'], properties: { error: { type: 'string' } } };

/** A question of the partner and the channel of its answer. */
const asking = (name: string, summary: string, question: object, answer: object) => ({
  channels: {
    [name]: {
      address: `{user}.${name}`,
      summary,
      parameters: { user: parameters.user },
      messages: { question: { payload: { type: 'object', properties: question } } },
    },
    [`${name}.answer`]: {
      address: null,
      summary: 'Your inbox, which begins with `_INBOX_{user}.`.',
      messages: {
        answer: {
          payload: { oneOf: [{ type: 'object', required: Object.keys(answer), properties: answer }, refused] },
        },
      },
    },
  },
  operation: {
    action: 'send',
    channel: { $ref: `#/channels/${name}` },
    reply: { channel: { $ref: `#/channels/${name}.answer` } },
  },
});

/** The events and questions of a partner system, for machines: what any policy may tell, out of what is told inside. */
export const partnerView = (inside: AsyncApi): AsyncApi => {
  const messages = Object.fromEntries([
    ...told().map((event) => [event.subject, changeMessage(event)] as const),
    ...[...OPENABLE.values()].map((noun) => [goneSubject(noun), goneMessage(noun)] as const),
  ]);
  const records = Object.fromEntries([...OPENABLE.values()].map((noun) => [titled(noun), recordSchema(noun, inside)]));
  const subjects = Object.keys(messages);
  const hello = asking(
    'hello',
    'Where your events stand; the place goes back to what was not acknowledged.',
    {},
    place,
  );
  const again = asking(
    'replay',
    'A second consumer, from a time of recording on.',
    { from: { type: 'string', format: 'date-time' } },
    place,
  );
  return {
    ...inside,
    servers: { nats: { host: 'nats.example.com:4222', protocol: 'nats', description: 'NATS with JetStream.' } },
    info: {
      ...inside.info,
      title: 'Pelagic events for partner systems',
      description:
        'What a partner system reads, at most: a policy says which records and which of their fields are told. guide/partner.md is its guide.',
    },
    channels: {
      ...Object.fromEntries(
        subjects.map((subject) => [
          subject,
          {
            address: `{user}.{generation}.${subject}`,
            parameters,
            messages: { event: { $ref: `#/components/messages/${subject}` } },
          },
        ]),
      ),
      ...hello.channels,
      ...again.channels,
    },
    operations: {
      ...Object.fromEntries(
        subjects.map((subject) => [
          `read.${subject}`,
          { action: 'receive', channel: { $ref: `#/channels/${subject}` } },
        ]),
      ),
      hello: hello.operation,
      replay: again.operation,
    },
    components: {
      messages,
      schemas: closure({ CloudEvent: envelope(inside), ...records }, inside.components.schemas),
    },
  };
};
