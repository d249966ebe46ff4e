import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../deploy/demo/random.ts';
import type { Employed } from '../mesh/enterprise.ts';
import type { Answer, Person } from '../mesh/person.ts';
import { answered, attempt, settle, type Effect, type History, type Op } from './history.ts';

/** A record that a writer goes on with; a version of 0 must be looked up first. */
type Held = { id: string; version: number; ownerId: string };
type Deal = Held & { stageId: string };

/** Somebody who writes, one thing after another, and what they have in hand. */
export type Writer = {
  index: number;
  person: Person;
  /** Who else may own their records. */
  owners: Employed[];
  admin: Person;
  /** Somebody outside, and the key of the form that they find. */
  stranger: Person;
  form: string;
  /** Key of a queue's form. */
  request: string;
  stages: { id: string; category: string }[];
  history: History;
  random: Random;
  /** Begins every value that nobody else writes. */
  prefix: string;
  /** Hears the import jobs that began, to see them through at the end. */
  onJob: (service: string, id: string) => void;
  leads: Held[];
  customers: Held[];
  deals: Deal[];
  activities: { id: string }[];
  comments: (Held & { service: string })[];
  schedules: Held[];
  /** Logs that were submitted. */
  logs: { id: string }[];
  campaigns: Held[];
  /** Drafts. */
  contracts: Held[];
  /** Contracts that hold, and what came in for them. */
  agreed: { id: string }[];
  receipts: { id: string }[];
  /** Not solved yet. */
  tickets: Held[];
  /** Pages of the form that lie open. */
  opened: OpenPage[];
  /** The same of the form of the queue. */
  asking: OpenPage[];
};

/** A page that a stranger was given, from where, and when. */
export type OpenPage = { ticket: string; from: Record<string, string>; since: number };

/** How many records of a kind a writer keeps in hand; older ones are left as they are. */
const HELD_MAX = 40;
/** Of the creates that nobody answered, this share is tried again under the same request id. */
const TRIED_AGAIN = 0.5;

let tokens = 0;
export const tokenOf = ({ prefix, index }: Writer): string => `${prefix}w${index}n${(tokens += 1)}`;
export const phone = (): string => `139${String((tokens += 1)).padStart(8, '0')}`;

export const keep = <T>(held: T[], one: T): void => {
  held.push(one);
  if (held.length > HELD_MAX) held.shift();
};

export const created = (noun: string, field: string, value: string): Effect => ({ noun, how: 'created', field, value });
export const changed = (noun: string, field: string, value: string): Effect => ({ noun, how: 'changed', field, value });
/** Set by whichever write of its record came first, or by a later one. */
export const settled = (noun: string, field: string, value: string): Effect => ({ noun, how: 'set', field, value });
export const told = (noun: string, value: string): Effect => ({ noun, how: 'told', field: 'reason', value });

/** A create, tried again now and then when nobody answered. The record, when it is known to be there. */
export const create = async (
  writer: Writer,
  kind: string,
  path: string,
  body: Record<string, unknown>,
  effect: Effect,
): Promise<any> => {
  const { history, person, random, index } = writer;
  // A header holds no Chinese.
  const requestId = `${effect.value.replace(/[^a-z0-9]/g, '')}-request`;
  const ask = () => person.ask('POST', path, body, { 'idempotency-key': requestId });
  const { op, body: answer } = await attempt(history, { kind, writer: index, requestId, effects: [effect] }, ask);
  if (op.outcome === 'ok') return answer;
  if (op.outcome === 'unknown' && random.chance(TRIED_AGAIN)) {
    await sleep(500);
    const later = await settle(history, op, ask);
    // The compiler takes the outcome for what it was before.
    if ((op as Op).outcome === 'ok') return later;
  }
  return undefined;
};

/** How a record in hand is now, when that is not known any more; false when nobody says. */
export const renew = async <T extends Held>(
  { person }: Pick<Writer, 'person'>,
  held: T,
  path: string,
): Promise<boolean> => {
  if (held.version) return true;
  const { status, body } = await answered(person.ask('GET', `${path}/${held.id}`));
  if (status !== 200) return false;
  const { version, ownerId = '', stageId } = body;
  Object.assign(held, { version, ownerId, ...(stageId && { stageId }) });
  return true;
};

/** Changes a record that is in hand; its version is unknown after an answer that did not come. */
export const change = async <T extends Held>(
  { history, index, person }: Pick<Writer, 'history' | 'index' | 'person'>,
  kind: string,
  held: T,
  effects: Effect[],
  ask: (held: T) => Promise<Answer>,
  path: string,
): Promise<any> => {
  if (!(await renew({ person }, held, path))) return undefined;
  const requestId = effects[0]!.value;
  const { op, body } = await attempt(history, { kind, writer: index, requestId, effects }, () => ask(held));
  held.version = op.outcome === 'ok' ? (body.version ?? 0) : 0;
  return op.outcome === 'ok' ? body : undefined;
};
