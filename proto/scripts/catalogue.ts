// Small generated modules that name every message, service and event.
import type { DescMessage } from '@bufbuild/protobuf';
import { eventTypes, type ContractData } from '../src/contract-data.ts';
import type { Image } from './image.ts';

const head = '// Generated from the contracts by proto/scripts/generate.ts. Do not edit.\n';

/** The name that ts-proto gives a message: Outer_Inner for a nested one. */
const localName = (desc: DescMessage): string =>
  desc.typeName.slice(desc.file.proto.package.length + 1).replaceAll('.', '_');

/** `crm_customer_v1_lead`: how the generated modules import a file. */
const alias = (file: string): string => file.replace(/[^A-Za-z0-9]/g, '_');

const imports = (files: string[], keyword: string): string =>
  files.map((file) => `import ${keyword}* as ${alias(file)} from './${file}.ts';\n`).join('');

const messagesOf = (image: Image, data: ContractData): { name: string; file: string; local: string }[] =>
  data.messages.map(({ name }) => {
    const desc = image.registry.getMessage(name)!;
    return { name, file: desc.file.name, local: localName(desc) };
  });

export function registryModule(image: Image, data: ContractData): string {
  const messages = messagesOf(image, data);
  const files = [...new Set(messages.map(({ file }) => file))];
  return `${head}import type { MessageFns } from './crm/common/v1/common.ts';
${imports(files, '')}
/** Encodes, decodes and converts any message of the contract, by its full name. */
export const registry: ReadonlyMap<string, MessageFns<any>> = new Map<string, MessageFns<any>>([
${messages.map(({ name, file, local }) => `  ['${name}', ${alias(file)}.${local}],\n`).join('')}]);
`;
}

export function servicesModule(image: Image): string {
  const services = image.files.flatMap((file) => file.services);
  const files = [...new Set(services.map(({ file }) => file.name))];
  return `${head}import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
${imports(files, '')}
/** gRPC definition of every service, by its full name. */
export const services: ReadonlyMap<string, ServiceDefinition<UntypedServiceImplementation>> = new Map<string, ServiceDefinition<UntypedServiceImplementation>>([
${services.map(({ typeName, name, file }) => `  ['${typeName}', ${alias(file.name)}.${name}Service],\n`).join('')}]);
`;
}

export function eventsModule(image: Image, data: ContractData): string {
  const places = new Map(messagesOf(image, data).map((place) => [place.name, place]));
  const events = eventTypes(data).map((event) => ({ ...event, ...places.get(event.message)! }));
  const files = [...new Set(events.map(({ file }) => file))];
  const entry = ({ subject, name, service, noun, summary, file, local }: (typeof events)[number]): string =>
    `  '${subject}': { message: ${alias(file)}.${local}, name: '${name}', service: '${service}', noun: '${noun}', summary: ${JSON.stringify(summary)} },\n`;
  return `${head}${imports(files, '')}
/** Every event on the bus, by its subject. */
export const events = {
${events.map(entry).join('')}} as const;

export type EventSubject = keyof typeof events;

interface EventDataOf {
${events.map(({ subject, file, local }) => `  '${subject}': ${alias(file)}.${local};\n`).join('')}}

/** The message that an event of this subject carries as its data. */
export type EventData<Subject extends EventSubject> = EventDataOf[Subject];
`;
}
