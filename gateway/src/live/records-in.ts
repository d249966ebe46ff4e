import { contract, messageType, type Field } from '@pelagic/proto/contract';

type Nested = { field: Field; type: string };
type Shape = { isNoun: boolean; nested: Nested[] };

const shapes = new Map<string, Shape>();

/** Whether there is a noun in a message, at any depth; a type that holds itself is not followed again. */
const holdsNoun = (type: string, above: string[] = []): boolean => {
  const message = contract.messages.get(type);
  if (!message || above.includes(type)) return false;
  return (
    !!message.noun ||
    message.fields.some((field) => field.kind === 'message' && holdsNoun(field.type!, [...above, type]))
  );
};

const shapeOf = (type: string): Shape => {
  let shape = shapes.get(type);
  if (!shape) {
    const { noun, fields } = messageType(type);
    const nested = fields
      .filter((field) => field.kind === 'message' && holdsNoun(field.type!))
      .map((field) => ({ field, type: field.type! }));
    shapes.set(type, (shape = { isNoun: !!noun, nested }));
  }
  return shape;
};

const collect = (type: string, value: unknown, ids: string[]): void => {
  if (typeof value !== 'object' || value === null) return;
  const { isNoun, nested } = shapeOf(type);
  const record = value as Record<string, unknown>;
  if (isNoun && typeof record['id'] === 'string' && record['id']) ids.push(record['id']);
  for (const { field, type: inner } of nested) {
    const held = record[field.json];
    const values = field.map ? Object.values(held ?? {}) : [held].flat();
    for (const each of values) collect(inner, each, ids);
  }
};

/** Ids of the records that an answer shows. Hints about a record (a possible duplicate, a row of a report) are not it. */
export const recordsIn = (type: string, answer: unknown): string[] => {
  const ids: string[] = [];
  collect(type, answer, ids);
  return ids;
};
