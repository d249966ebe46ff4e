// From descriptors to the contract, with everything that a contract must not do.
import {
  ScalarType,
  toJson,
  type DescEnum,
  type DescField,
  type DescMessage,
  type DescMethod,
} from '@bufbuild/protobuf';
import { FieldOptionsSchema, MessageOptionsSchema, MethodOptionsSchema } from '@bufbuild/protobuf/wkt';
import {
  ownerOf,
  type Access,
  type ContractData,
  type Enum,
  type Field,
  type Kind,
  type Message,
  type Rpc,
  type Rules,
} from '../src/contract-data.ts';
import { checkContract } from './contract-check.ts';
import type { Image } from './image.ts';
import { bindingsOf, type HttpRule } from './routes.ts';

/** Options as proto3-JSON; the keys are the extensions' full names. */
interface Options {
  '[google.api.http]'?: HttpRule;
  '[pelagic.options.v1.access]'?: Partial<Access>;
  '[pelagic.options.v1.rules]'?: Omit<Rules, 'min' | 'max'> & { min?: string; max?: string };
  '[pelagic.options.v1.noun]'?: string;
  '[pelagic.options.v1.event]'?: { subject: string; summary: string };
}

const DEFAULT_DEADLINE_MS = 10_000;

const wellKnown: Record<string, Kind> = {
  'google.protobuf.Timestamp': 'timestamp',
  'google.protobuf.Duration': 'duration',
  'google.protobuf.FieldMask': 'fieldMask',
  'google.protobuf.Struct': 'struct',
  'google.protobuf.Value': 'value',
  'google.protobuf.ListValue': 'listValue',
  'google.protobuf.Any': 'any',
  'google.protobuf.Empty': 'empty',
};

const scalars: Record<ScalarType, Kind> = {
  [ScalarType.DOUBLE]: 'double',
  [ScalarType.FLOAT]: 'double',
  [ScalarType.INT64]: 'int64',
  [ScalarType.SINT64]: 'int64',
  [ScalarType.SFIXED64]: 'int64',
  [ScalarType.UINT64]: 'uint64',
  [ScalarType.FIXED64]: 'uint64',
  [ScalarType.INT32]: 'int32',
  [ScalarType.SINT32]: 'int32',
  [ScalarType.SFIXED32]: 'int32',
  [ScalarType.UINT32]: 'uint32',
  [ScalarType.FIXED32]: 'uint32',
  [ScalarType.BOOL]: 'bool',
  [ScalarType.STRING]: 'string',
  [ScalarType.BYTES]: 'bytes',
};

/** The contract, and in people's words what is wrong with it. */
export function readContract(image: Image): { data: ContractData; problems: string[] } {
  const messages = image.files.flatMap((file) => file.messages).flatMap(withNested);
  const enums = [...image.files.flatMap((file) => file.enums), ...messages.flatMap((message) => message.nestedEnums)];
  const methods = image.files.flatMap((file) => file.services).flatMap((service) => service.methods);
  const problems: string[] = [];
  const data = {
    messages: messages.map((message) => toMessage(image, message)),
    enums: enums.map(toEnum),
    rpcs: methods.flatMap((method) => toRpc(image, method, problems)),
  };
  return { data, problems: [...problems, ...checkContract(data)] };
}

function withNested(message: DescMessage): DescMessage[] {
  if (message.proto.options?.mapEntry) return [];
  return [message, ...message.nestedMessages.flatMap(withNested)];
}

const toEnum = (desc: DescEnum): Enum => ({
  name: desc.typeName,
  values: desc.values.map((value) => value.name),
  prefix: desc.values[0]!.name.replace(/UNSPECIFIED$/, ''),
});

function toMessage({ registry }: Image, desc: DescMessage): Message {
  const options = desc.proto.options
    ? (toJson(MessageOptionsSchema, desc.proto.options, { registry }) as Options)
    : ({} as Options);
  const noun = options['[pelagic.options.v1.noun]'];
  const event = options['[pelagic.options.v1.event]'];
  return {
    name: desc.typeName,
    ...(noun && { noun }),
    ...(event && { event: { subject: event.subject, summary: event.summary } }),
    fields: desc.fields.map((field) => {
      const rules = field.proto.options
        ? (toJson(FieldOptionsSchema, field.proto.options, { registry }) as Options)['[pelagic.options.v1.rules]']
        : undefined;
      return { ...toField(field), ...(rules && { rules: toRules(rules) }) };
    }),
  };
}

function toRules({ min, max, ...rules }: NonNullable<Options['[pelagic.options.v1.rules]']>): Rules {
  return { ...rules, ...(min !== undefined && { min: Number(min) }), ...(max !== undefined && { max: Number(max) }) };
}

function toField(field: DescField): Field {
  const kind = kindOf(field);
  const type = kind === 'message' ? field.message?.typeName : kind === 'enum' ? field.enum?.typeName : undefined;
  return {
    name: field.name,
    json: field.jsonName,
    kind,
    ...(type && { type }),
    ...(field.fieldKind === 'list' && { repeated: true as const }),
    ...(field.fieldKind === 'map' && { map: true as const }),
    ...(field.oneof && { oneof: field.oneof.name }),
    ...(field.proto.proto3Optional && { optional: true as const }),
  };
}

function kindOf(field: DescField): Kind {
  if (field.message) return wellKnown[field.message.typeName] ?? 'message';
  return field.enum ? 'enum' : scalars[field.scalar!];
}

function toRpc({ registry }: Image, method: DescMethod, problems: string[]): Rpc[] {
  const name = `${method.parent.typeName}/${method.name}`;
  const options = method.proto.options
    ? (toJson(MethodOptionsSchema, method.proto.options, { registry }) as Options)
    : ({} as Options);
  const access = options['[pelagic.options.v1.access]'];
  if (!access?.permission) {
    problems.push(`${name}: no permission. Add option (pelagic.options.v1.access).permission = "noun.action".`);
    return [];
  }
  const http = options['[google.api.http]'];
  return [
    {
      name,
      method: method.name,
      service: method.parent.typeName,
      owner: ownerOf(name),
      request: method.input.typeName,
      response: method.output.typeName,
      ...(method.proto.clientStreaming && { clientStreaming: true as const }),
      ...(method.proto.serverStreaming && { serverStreaming: true as const }),
      bindings: http ? bindingsOf(http, name, problems, method) : [],
      access: {
        permission: access.permission,
        audited: access.audited ?? false,
        idempotent: access.idempotent ?? false,
        deadlineMs: access.deadlineMs ?? DEFAULT_DEADLINE_MS,
        mounted: access.mounted ?? false,
      },
    },
  ];
}
