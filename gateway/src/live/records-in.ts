import { contract, messageType, type Field } from '@pelagic/proto/contract';

export type Shown = {
  service: string;
  noun: string;
  id: string;
  /**
   * Records that it refers to, of the same service or, as a follow-up does, of one that it names itself: who sees it may
   * hang on who sees them, as a contact is seen with its customer. The gateway knows no more of that, and need not: it
   * asks the owner.
   */
  on: string[];
};

type Nested = { field: Field; type: string };
type Shape = { noun?: { service: string; noun: string; references: string[] }; nested: Nested[] };

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

const serviceOf = (noun: string | undefined): string | undefined => contract.nouns.get(noun ?? '')?.service;

const shapeOf = (type: string): Shape => {
  let shape = shapes.get(type);
  if (!shape) {
    const { noun, fields } = messageType(type);
    const nested = fields
      .filter((field) => field.kind === 'message' && holdsNoun(field.type!))
      .map((field) => ({ field, type: field.type! }));
    const service = serviceOf(noun);
    const references = fields.filter(
      ({ rules }) => rules?.refersBy || (rules?.refersTo && serviceOf(rules.refersTo) === service),
    );
    shape = {
      nested,
      ...(noun && service && { noun: { noun, service, references: references.map(({ json }) => json) } }),
    };
    shapes.set(type, shape);
  }
  return shape;
};

const collect = (type: string, value: unknown, found: Shown[]): void => {
  if (typeof value !== 'object' || value === null) return;
  const { noun, nested } = shapeOf(type);
  const record = value as Record<string, unknown>;
  if (noun && typeof record['id'] === 'string' && record['id'])
    found.push({
      service: noun.service,
      noun: noun.noun,
      id: record['id'],
      on: noun.references.flatMap((field) => (record[field] as string | undefined) || []),
    });
  for (const { field, type: inner } of nested) {
    const held = record[field.json];
    const values = field.map ? Object.values(held ?? {}) : [held].flat();
    for (const each of values) collect(inner, each, found);
  }
};

/** The records that an answer shows. Hints about a record (a possible duplicate, a row of a report) are not it. */
export const recordsIn = (type: string, answer: unknown): Shown[] => {
  const found: Shown[] = [];
  collect(type, answer, found);
  return found;
};
