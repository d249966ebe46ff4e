import { contract, messageType, type Field } from '@pelagic/proto/contract';
import type { Answer } from '../mesh/person.ts';
import type { Door } from './doors.ts';
import type { Decide } from './ledger.ts';
import type { Organisation, Thing } from './organisation.ts';
import { thingsOf } from './organisation.ts';
import type { Random } from '../random.ts';
import { isIn, isOpen, masked, may, reaches, rightOn } from './reference.ts';
import type { World } from './world.ts';

/** Somebody at a door, asked about everything of one path. */
export type Probing = {
  world: World;
  door: Door;
  decide: Decide;
  /** Chooses what is asked about: the same again when a probe is repeated. */
  random: Random;
};
export type Probe = (probing: Probing) => Promise<void>;

export const mayDo = ({ world: { organisation }, door }: Probing, permission: string): boolean =>
  may(organisation, door.asker, permission);

export const sees = ({ world: { organisation }, door }: Probing, thing: Thing, action = 'read'): boolean =>
  reaches(organisation, door.asker, action, thing, Date.now());

export const open = ({ world: { organisation }, door }: Probing, noun: string, field: string): boolean =>
  isOpen(organisation, door.asker, noun, field);

/** Whether they may read a field of the noun, or of another one that they may read at all: `receipt.amount`. */
export const openAt = (probing: Probing, noun: string, path: string): boolean => {
  const [other, field] = path.split('.') as [string, string?];
  if (!field || other === 'custom') return open(probing, noun, path);
  return mayDo(probing, `${other}.read`) && open(probing, other, field);
};

export const isOut = ({ world: { organisation }, door }: Probing): boolean => !isIn(organisation, door.asker);

/** Fields of a noun by the contract, custom ones written out. */
export const fieldsOf = (noun: string): Field[] => messageType(contract.nouns.get(noun)!.message).fields;

const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === 0 ||
  value === false ||
  (typeof value === 'string' && value.endsWith('_UNSPECIFIED')) ||
  (typeof value === 'object' && Object.keys(value).length === 0);

/** A value as it is compared: however emptiness is written, it is nothing. */
export const plain = (value: unknown): unknown => (isNothing(value) ? 'nothing' : value);

/** What somebody sees in a field that truly holds this. */
export const shownAs = (right: string, field: Pick<Field, 'rules'>, truth: unknown): unknown => {
  if (right === 'open' || isNothing(truth)) return plain(truth);
  if (right === 'hidden') return 'nothing';
  const kind = field.rules?.mask ?? 'full';
  if (typeof truth === 'string' && !/^\w+_[A-Z_]+$/.test(truth) && !/^\d{4}-\d\d-\d\dT/.test(truth))
    return masked(truth, kind);
  if (Array.isArray(truth) && truth.every((item) => typeof item === 'string'))
    return truth.map((item) => masked(item, kind));
  return Array.isArray(truth) ? truth : 'nothing';
};

const customShown = (organisation: Organisation, door: Door, noun: string, truth: any): unknown => {
  const seen = Object.entries(truth ?? {}).filter(([slug]) => isOpen(organisation, door.asker, noun, `custom.${slug}`));
  return plain(Object.fromEntries(seen));
};

/** Compares every field of a record in an answer with what this caller may see of it. */
export const judgeFields = (path: string, probing: Probing, noun: string, shown: Record<string, any>): void => {
  const { world, door, decide } = probing;
  const { organisation } = world;
  const truth = organisation.values.get(shown['id']) ?? {};
  for (const field of fieldsOf(noun)) {
    const { json } = field;
    if (json === 'id' || json === 'version' || json === 'updateTime') continue;
    const right = rightOn(organisation, door.asker, noun, json);
    // A share that ends takes itself out of the list at a moment of its own.
    if (json === 'shares' && right === 'open') continue;
    const oracle =
      json === 'custom' && right === 'open'
        ? customShown(organisation, door, noun, truth[json])
        : shownAs(right, field, truth[json]);
    decide(path, door.name, `${noun} ${shown['id']}`, { field: json, oracle, product: plain(shown[json]) });
  }
};

/** One decision for each record that could be in the answer. */
export const judgeSet = (
  path: string,
  { door, decide }: Probing,
  things: Thing[],
  expected: (thing: Thing) => boolean,
  product: ReadonlySet<string>,
): void => {
  for (const thing of things)
    decide(path, door.name, `${thing.noun} ${thing.id}`, { oracle: expected(thing), product: product.has(thing.id) });
  const known = new Set(things.map(({ id }) => id));
  for (const id of product)
    if (!known.has(id)) decide(path, door.name, id, { oracle: 'no such record', product: 'shown' });
};

export const living = ({ world }: Probing, noun: string): Thing[] =>
  thingsOf(world.organisation, noun).filter(({ deleted }) => !deleted);
export const every = ({ world }: Probing, noun: string): Thing[] => thingsOf(world.organisation, noun);

/** What an answer says of right: `ok`, or why not. */
export const verdict = ({ status, body }: Answer): string => {
  if (status < 300) return 'ok';
  if (status === 401) return 'signed out';
  if (status === 403) return 'denied';
  if (status === 404) return 'not found';
  if (status === 409 && body?.reason === 'VERSION_STALE') return 'stale';
  if (status === 400) return 'refused';
  return `${status} ${body?.reason}`;
};

/** What the oracle says of reading one record by its id. */
export const readingOf = (probing: Probing, thing: Thing, action = 'read'): string => {
  if (isOut(probing)) return 'signed out';
  if (!mayDo(probing, `${thing.noun}.${action}`)) return 'denied';
  return sees(probing, thing, action) ? 'ok' : 'not found';
};

/** Some of them, so that a round stays short; which ones follows from the seed. */
export const sample = <T>({ random }: Pick<Probing, 'random'>, items: T[], count: number): T[] => {
  const rest = [...items];
  const chosen: T[] = [];
  while (rest.length && chosen.length < count) chosen.push(...rest.splice(random.below(rest.length), 1));
  return chosen;
};
