// What a contract must not do. Each finding is a sentence that names the place and says what to do.
import type { Binding, ContractData, Field, Message, Rpc } from '../src/contract-data.ts';
import { nounOfSubject, ownerOf } from '../src/contract-data.ts';
import { shortName } from './schemas.ts';

const open = new Set(['public', 'signed_in', 'in_person', 'internal']);
const formats = new Set([
  'uuid',
  'email',
  'phone',
  'date',
  'decimal',
  'slug',
  'url',
  'currency',
  'time_zone',
  'locale',
]);
const masks = new Set(['phone', 'email', 'partial', 'full']);
const numbers = new Set(['int32', 'uint32', 'int64', 'uint64', 'double']);

export function checkContract(data: ContractData): string[] {
  const messages = new Map(data.messages.map((message) => [message.name, message]));
  const nouns = new Set(data.messages.flatMap(({ noun }) => noun ?? []));
  return [
    ...duplicates(data.messages.flatMap(({ name, noun }) => (noun ? [[`noun "${noun}"`, name]] : []))),
    ...duplicates(
      [...data.messages, ...data.enums].map(({ name }) => [`the name ${shortName(name)} in the documents`, name]),
    ),
    ...duplicates(data.rpcs.map(({ name, method }) => [`the operation ${method}`, name])),
    ...duplicates(data.messages.flatMap(({ name, event }) => (event ? [[`event ${event.subject}`, name]] : []))),
    ...duplicates(data.rpcs.flatMap(({ name, bindings }) => bindings.map((binding) => [shape(binding), name]))),
    ...data.messages.flatMap((message) => [...checkEvent(message, nouns), ...checkSecrets(message, messages)]),
    ...data.messages.flatMap((message) => message.fields.flatMap((field) => checkField(message, field, nouns))),
    ...data.rpcs.flatMap((rpc) => [...checkAccess(rpc, messages, nouns), ...checkBindings(rpc, messages)]),
  ];
}

/** Two routes collide when they differ in nothing but the names of their variables. */
const shape = ({ method, segments, verb }: Binding): string =>
  `route ${method} /${segments.map((part) => (typeof part === 'string' ? part : '{}')).join('/')}${verb ? `:${verb}` : ''}`;

function duplicates(pairs: string[][]): string[] {
  const holders = Map.groupBy(pairs, ([what]) => what);
  return [...holders].flatMap(([what, list]) =>
    list.length > 1 ? [`${list.map(([, holder]) => holder).join(' and ')}: both claim ${what}.`] : [],
  );
}

function checkEvent({ name, event }: Message, nouns: Set<string>): string[] {
  if (!event) return [];
  const service = ownerOf(name) === 'capability' ? '*' : ownerOf(name);
  const noun = nounOfSubject(event.subject);
  const [, publisher, ...rest] = event.subject.split('.');
  const shaped = publisher === service && /^[a-z_]+\.[a-z_]+\.v[1-9][0-9]*$/.test(rest.join('.'));
  return [
    ...(shaped ? [] : [`${name}: its subject ${event.subject} is not crm.${service}.<noun>.<past_verb>.v<N>.`]),
    ...(nouns.has(noun) ? [] : [`${name}: no message has the option noun = "${noun}".`]),
    ...(event.summary ? [] : [`${name}: an event needs a summary for the catalogue.`]),
  ];
}

/** Events go to the bus, where a secret must not be. */
function checkSecrets(event: Message, messages: Map<string, Message>): string[] {
  if (!event.event) return [];
  const seen = new Set<Message>();
  const visit = (message: Message): string[] => {
    if (seen.has(message)) return [];
    seen.add(message);
    return message.fields.flatMap((field) => {
      const inner = messages.get(field.type ?? '');
      return [
        ...(field.rules?.secret ? [`${event.name}: carries ${message.name}.${field.name}, which is secret.`] : []),
        ...(inner ? visit(inner) : []),
      ];
    });
  };
  return visit(event);
}

function checkField(message: Message, field: Field, nouns: Set<string>): string[] {
  const { rules = {} } = field;
  const place = `${message.name}.${field.name}`;
  const measured = field.repeated || field.map || field.kind === 'string' || field.kind === 'bytes';
  const hasLength = rules.maxLength !== undefined || rules.minLength !== undefined;
  const hasBounds = rules.min !== undefined || rules.max !== undefined;
  return [
    ...(rules.format && !formats.has(rules.format) ? [`${place}: there is no format "${rules.format}".`] : []),
    ...(rules.format && field.kind !== 'string' ? [`${place}: a format is for strings.`] : []),
    ...(rules.mask && !masks.has(rules.mask) ? [`${place}: there is no mask "${rules.mask}".`] : []),
    ...(rules.refersTo && !nouns.has(rules.refersTo)
      ? [`${place}: refers to "${rules.refersTo}", which no message has as its noun.`]
      : []),
    ...(rules.refersBy && !message.fields.some(({ json }) => json === rules.refersBy)
      ? [`${place}: refers by "${rules.refersBy}", which is no field beside it.`]
      : []),
    ...(hasLength && !measured ? [`${place}: a length is for strings, bytes, lists and maps.`] : []),
    ...(hasBounds && !numbers.has(field.kind) ? [`${place}: min and max are for numbers.`] : []),
    ...(rules.required && rules.outputOnly ? [`${place}: cannot be both required and output_only.`] : []),
  ];
}

function checkAccess(
  { name, request, clientStreaming, access, bindings }: Rpc,
  messages: Map<string, Message>,
  nouns: Set<string>,
): string[] {
  const fields = new Set(messages.get(request)?.fields.map((field) => field.json));
  const parts = messages.get(request)?.fields.flatMap((field) => field.type ?? []) ?? [];
  const [noun = '', action] = access.permission.split('.');
  const found: string[] = [];
  if (open.has(access.permission)) {
    if (access.permission === 'internal' && bindings.length > 0)
      found.push(`${name}: internal, but has an HTTP route.`);
  } else if (!action || !/^[a-z_]+$/.test(action)) {
    found.push(
      `${name}: the permission "${access.permission}" is neither noun.action nor public, signed_in, in_person or internal.`,
    );
  } else if (noun === '{noun}') {
    if (!fields.has('noun'))
      found.push(`${name}: the permission takes the noun from the request, whose field "noun" is missing.`);
  } else if (!nouns.has(noun) && noun !== ownerOf(name)) {
    found.push(
      `${name}: the permission "${access.permission}" is about "${noun}", which is neither a message's noun nor the service.`,
    );
  }
  const head =
    clientStreaming && parts.some((type) => messages.get(type)?.fields.some((field) => field.json === 'service'));
  if (access.mounted && !fields.has('service') && !head)
    found.push(`${name}: mounted, but its request has no field "service".`);
  return found;
}

function checkBindings({ name, request, response, bindings }: Rpc, messages: Map<string, Message>): string[] {
  const taken = (type: string, json: string): Field | undefined =>
    messages.get(type)?.fields.find((field) => field.json === json);
  return bindings.flatMap((binding) => {
    const { method, path, segments, body, responseBody } = binding;
    const variables = segments.flatMap((part) => (typeof part === 'string' ? [] : part.variable));
    const query =
      body === '*'
        ? []
        : (messages.get(request)?.fields ?? []).filter(({ json }) => json !== body && !variables.includes(json));
    return [
      ...query
        .filter(({ kind, map }) => map || kind === 'message' || kind === 'struct')
        .map(
          (field) => `${name}: ${field.name} would travel in the query of ${path}, which holds no messages and maps.`,
        ),
      ...variables.flatMap((variable) =>
        taken(request, variable)?.kind === 'string' || taken(request, variable)?.kind === 'enum'
          ? []
          : [`${name}: {${variable}} in ${path} is no string of ${request}.`],
      ),
      ...((method === 'GET' || method === 'DELETE') && body ? [`${name}: ${method} takes no body.`] : []),
      ...(body && body !== '*' && !taken(request, body) ? [`${name}: body "${body}" is no field of ${request}.`] : []),
      ...(responseBody && !taken(response, responseBody)
        ? [`${name}: response_body "${responseBody}" is no field of ${response}.`]
        : []),
    ];
  });
}
