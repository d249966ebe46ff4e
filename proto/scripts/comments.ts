// Comments of the contracts, which become descriptions in the documents.
import type { DescFile } from '@bufbuild/protobuf';
import type { DescriptorProto, EnumDescriptorProto, FileDescriptorProto } from '@bufbuild/protobuf/wkt';

/** Field numbers of google/protobuf/descriptor.proto: how source locations name a place. */
const at = { syntax: 12, message: 4, enum: 5, service: 6, nested: 3, nestedEnum: 4, field: 2, value: 2, method: 2 };

/**
 * Text by full name: `crm.customer.v1.Lead`, `crm.customer.v1.Lead.name`, `crm.customer.v1.LeadService/CreateLead`,
 * `crm.customer.v1.LeadState.LEAD_STATE_NEW`.
 */
export function readComments(files: DescFile[]): ReadonlyMap<string, string> {
  return new Map(files.flatMap((file) => commentsOf(file.proto)));
}

type Place = [name: string, path: number[]];

function commentsOf(file: FileDescriptorProto): [string, string][] {
  const texts = new Map<string, string>();
  for (const { path, leadingComments, trailingComments } of file.sourceCodeInfo?.location ?? []) {
    const text = (leadingComments || trailingComments).trim();
    if (text) texts.set(path.join('.'), text.replace(/^ /gm, ''));
  }
  return placesOf(file).flatMap(([name, path]): [string, string][] => {
    // A service that says nothing is what its file is about.
    const text =
      texts.get(path.join('.')) ?? (path[0] === at.service && path.length === 2 ? texts.get(`${at.syntax}`) : '');
    return text ? [[name, text]] : [];
  });
}

function placesOf(file: FileDescriptorProto): Place[] {
  const services = file.service.flatMap((service, index): Place[] => {
    const name = `${file.package}.${service.name}`;
    const methods = service.method.map((method, number): Place => [
      `${name}/${method.name}`,
      [at.service, index, at.method, number],
    ]);
    return [[name, [at.service, index]], ...methods];
  });
  return [
    ...file.messageType.flatMap((message, index) => placesOfMessage(file.package, message, [at.message, index])),
    ...file.enumType.flatMap((item, index) => placesOfEnum(file.package, item, [at.enum, index])),
    ...services,
  ];
}

function placesOfMessage(scope: string, message: DescriptorProto, path: number[]): Place[] {
  const name = `${scope}.${message.name}`;
  return [
    [name, path],
    ...message.field.map((field, index): Place => [`${name}.${field.name}`, [...path, at.field, index]]),
    ...message.nestedType.flatMap((nested, index) => placesOfMessage(name, nested, [...path, at.nested, index])),
    ...message.enumType.flatMap((item, index) => placesOfEnum(name, item, [...path, at.nestedEnum, index])),
  ];
}

function placesOfEnum(scope: string, item: EnumDescriptorProto, path: number[]): Place[] {
  const name = `${scope}.${item.name}`;
  return [
    [name, path],
    ...item.value.map((value, index): Place => [`${name}.${value.name}`, [...path, at.value, index]]),
  ];
}
