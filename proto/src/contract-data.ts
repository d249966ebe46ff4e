// The form of the contract: what the .proto files say, as plain data.

/** How a value looks in JSON. The kinds after `message` are the well-known types, which have a JSON form of their own. */
export type Kind =
  | 'string'
  | 'bool'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'double'
  | 'bytes'
  | 'enum'
  | 'message'
  | 'timestamp'
  | 'duration'
  | 'fieldMask'
  | 'struct'
  | 'value'
  | 'listValue'
  | 'any'
  | 'empty';

export type Format =
  'uuid' | 'email' | 'phone' | 'date' | 'decimal' | 'slug' | 'url' | 'currency' | 'time_zone' | 'locale';

/** Bounds of a field; see pelagic/options/v1/options.proto. */
export interface Rules {
  required?: true;
  maxLength?: number;
  minLength?: number;
  format?: Format;
  min?: number;
  max?: number;
  outputOnly?: true;
  immutable?: true;
  refersTo?: string;
  /** JSON name of the field that names the noun referred to. */
  refersBy?: string;
  mask?: 'phone' | 'email' | 'partial' | 'full';
  secret?: true;
}

export interface Field {
  /** As in the .proto file. */
  name: string;
  /** As in JSON. */
  json: string;
  /** Of the value; of an item when repeated; of a map's values when map. */
  kind: Kind;
  /** Full name of the message or enum when kind says so. */
  type?: string;
  repeated?: true;
  /** Keys are strings in JSON whatever their kind. */
  map?: true;
  oneof?: string;
  /** Declared `optional`: absent and empty are different things. */
  optional?: true;
  rules?: Rules;
}

export interface Message {
  /** Full name, for example crm.customer.v1.Lead. */
  name: string;
  fields: Field[];
  noun?: string;
  event?: { subject: string; summary: string };
}

export interface Enum {
  name: string;
  /** Full names as in JSON; the first is the unspecified one. */
  values: string[];
  /** What the names begin with, for example LEAD_STATE_. */
  prefix: string;
}

export type HttpMethod = 'GET' | 'PUT' | 'POST' | 'DELETE' | 'PATCH';

/** `v1` is a literal, `{ variable: 'id' }` takes one segment of the path into that field of the request. */
export type Segment = string | { variable: string };

export interface Binding {
  method: HttpMethod;
  /** As written: /v1/leads/{id}:convert. */
  path: string;
  segments: Segment[];
  /** `convert` in /v1/leads/{id}:convert. */
  verb?: string;
  /** JSON name of the request field that the body holds, or `*` for the request itself. */
  body?: string;
  /** JSON name of the response field that is the answer. */
  responseBody?: string;
}

export interface Access {
  /** `noun.action`, `{noun}.action` (the request's field `noun`), `public`, `signed_in`, `in_person` or `internal`. */
  permission: string;
  audited: boolean;
  idempotent: boolean;
  /** Milliseconds until the deadline when the caller sets none. */
  deadlineMs: number;
  /** Served by several services; the request's field `service` names which. */
  mounted: boolean;
}

export interface Rpc {
  /** crm.customer.v1.LeadService/CreateLead */
  name: string;
  /** CreateLead */
  method: string;
  /** crm.customer.v1.LeadService */
  service: string;
  /** Which process answers: customer. For mounted rpcs the request says it. */
  owner: string;
  request: string;
  response: string;
  clientStreaming?: true;
  serverStreaming?: true;
  bindings: Binding[];
  access: Access;
}

export interface EventType {
  /** crm.customer.lead.created.v1 */
  subject: string;
  message: string;
  /** customer */
  service: string;
  /** lead */
  noun: string;
  summary: string;
}

export interface Noun {
  noun: string;
  /** The service that owns it. */
  service: string;
  message: string;
  /** JSON names of all its fields. */
  fields: string[];
  /** Whether it has custom fields. */
  custom: boolean;
}

/** What gen/contract.json holds. */
export interface ContractData {
  messages: Message[];
  enums: Enum[];
  rpcs: Rpc[];
}

export interface Contract {
  messages: ReadonlyMap<string, Message>;
  enums: ReadonlyMap<string, Enum>;
  /** By full name, `service/method`. */
  rpcs: ReadonlyMap<string, Rpc>;
  /** By subject. */
  events: ReadonlyMap<string, EventType>;
  nouns: ReadonlyMap<string, Noun>;
}

/** The process that owns a full name: `customer` of crm.customer.v1.Lead. */
export const ownerOf = (fullName: string): string => fullName.split('.')[1] ?? '';

export function indexContract(data: ContractData): Contract {
  const nouns = data.messages.flatMap(({ name, noun, fields }): [string, Noun][] => {
    if (!noun) return [];
    const custom = fields.some((field) => field.map && field.json === 'custom');
    return [[noun, { noun, service: ownerOf(name), message: name, fields: fields.map((field) => field.json), custom }]];
  });
  return {
    messages: new Map(data.messages.map((message) => [message.name, message])),
    enums: new Map(data.enums.map((item) => [item.name, item])),
    rpcs: new Map(data.rpcs.map((rpc) => [rpc.name, rpc])),
    events: new Map(eventTypes(data).map((event) => [event.subject, event])),
    nouns: new Map(nouns),
  };
}

/**
 * Every event by its full subject. Capabilities are mounted by several services and write `*` for the service: such an
 * event stands here once for each service that owns a noun with custom fields, which is where capabilities are mounted.
 */
export function eventTypes({ messages }: ContractData): EventType[] {
  const customised = messages.filter(
    ({ noun, fields }) => noun && fields.some((field) => field.map && field.json === 'custom'),
  );
  const hosts = [...new Set(customised.map(({ name }) => ownerOf(name)))].sort();
  return messages.flatMap(({ name, event }) => {
    if (!event) return [];
    const services = ownerOf(name) === 'capability' ? hosts : [ownerOf(name)];
    return services.map((service) => {
      const subject = event.subject.replace('*', service);
      return { subject, message: name, service, noun: nounOfSubject(subject), summary: event.summary };
    });
  });
}

/** `lead` of crm.customer.lead.created.v1. */
export const nounOfSubject = (subject: string): string => subject.split('.')[2] ?? '';
