import { sql, type RawBuilder } from 'kysely';
import { contract, messageType, type Field, type Message, type Rpc } from '@pelagic/proto/contract';
import type { Caller, FieldGrant } from './caller.ts';
import { denied, Problem, type FieldError } from './problem.ts';

/**
 * The three choke points of permission: what an rpc needs (`authorize`), whose records a query reaches (`visible`) and
 * which fields an answer shows (`maskAnswer`). Handlers contain no checks of their own.
 */

const NOTHING: FieldGrant = { hidden: new Set(), masked: new Set(), readOnly: new Set() };

export const fieldGrant = (caller: Caller, noun: string): FieldGrant => caller.grants?.fields.get(noun) ?? NOTHING;

/** Services act for themselves and see everything; the events that they handle were allowed when they happened. */
const isService = (caller: Caller): boolean => caller.kind === 'service';

export const may = (caller: Caller, permission: string): boolean =>
  isService(caller) || (caller.grants?.permissions.has(permission) ?? false);

/** Throws unless the caller may do this at all; whose records is `visible`'s question. */
export const authorize = (caller: Caller, permission: string): void => {
  if (permission === 'public') return;
  if (caller.kind === 'public') throw new Problem('UNAUTHENTICATED', 'SIGN_IN_REQUIRED', 'Sign in first.');
  if (permission === 'signed_in') return;
  if (permission === 'in_person') {
    if (caller.kind === 'employee') return;
    throw new Problem(
      'PERMISSION_DENIED',
      'NOT_A_PERSON',
      'Only the person may do this, signed in and not with a key.',
    );
  }
  if (permission === 'internal' ? !isService(caller) : !may(caller, permission)) throw denied(permission);
};

/** The permission of an rpc for this request: `{noun}.import` takes the noun from the request. */
const permissionOf = (rpc: Rpc, request: { noun?: string }): string =>
  rpc.access.permission.replace('{noun}', request.noun ?? '');

/** What a service's own token opens; everything else is for people, whose records and fields a service has none of. */
const FOR_SERVICES = new Set(['internal', 'public']);

/** Throws unless the bearer of a token may call this rpc so. Services that act for a person come with that person's token. */
export const admit = (caller: Caller, rpc: Rpc, request: { noun?: string }): void => {
  if (isService(caller) && !FOR_SERVICES.has(rpc.access.permission))
    throw new Problem('PERMISSION_DENIED', 'NOT_FOR_SERVICES', 'Only people may do this, and services only for one.');
  authorize(caller, permissionOf(rpc, request));
};

/** Where a noun's rows keep what visibility is decided by. */
export type Owned = {
  noun: string;
  /** Table or alias in the query. */
  table: string;
  /** What is done, when by another right than that to this noun: a share has to be enough for it. */
  doing?: string;
};

const uuids = (ids: string[]): RawBuilder<unknown> => sql`${ids}::uuid[]`;

/** Whose records a permission reaches: everybody's, or those of these owners, of these departments and what is shared. */
export type Reached = { all: boolean; owners: string[]; departments: string[]; shares?: 'read' | 'write' };

/** Actions that somebody may do with a record that is shared with them for reading; the rest needs a share for writing. */
const READING = new Set(['read', 'export', 'reveal']);
/** What a share never gives: to hand the record on, or to end it. */
const OWNERS_ONLY = new Set(['assign', 'share', 'delete', 'convert', 'void']);

const actionOf = (permission: string): string => permission.slice(permission.indexOf('.') + 1);

/** Undefined without the permission. `doing`: what a share has to be enough for. */
export const reached = (caller: Caller, permission: string, doing = actionOf(permission)): Reached | undefined => {
  if (isService(caller)) return { all: true, owners: [], departments: [] };
  const { grants } = caller;
  const scopes = grants?.permissions.get(permission);
  if (!grants || !scopes) return undefined;
  return {
    all: scopes.includes('ALL'),
    owners: [caller.id, ...(scopes.includes('SUBORDINATES') ? grants.subordinateIds : [])],
    departments: [
      ...(scopes.includes('DEPARTMENT') ? grants.departmentIds : []),
      ...(scopes.includes('DEPARTMENT_AND_BELOW') ? grants.departmentAndBelowIds : []),
    ],
    ...(!OWNERS_ONLY.has(doing) && { shares: READING.has(doing) ? 'read' : 'write' }),
  };
};

/** Ids of the records of a noun that are shared with the caller. */
export const sharedIds = (caller: Caller, noun: string, shares: 'read' | 'write'): RawBuilder<string> => sql`
  select share.record_id from share where share.noun = ${noun} and share.employee_id = ${caller.id}::uuid
    and (share.end_time is null or share.end_time > now()) ${shares === 'write' ? sql`and share.access = 'SHARE_ACCESS_WRITE'` : sql``}`;

/**
 * The rows of an owned noun that the caller may treat so: by scope, or because the record is shared with them.
 * A caller without the permission sees none.
 */
export const visible = (caller: Caller, permission: string, { noun, table, doing }: Owned): RawBuilder<boolean> => {
  const reach = reached(caller, permission, doing);
  if (!reach) return sql`false`;
  if (reach.all) return sql`true`;
  const { owners, departments, shares } = reach;
  return sql`(${sql.ref(`${table}.owner_id`)} = any(${uuids(owners)})
    or ${departments.length ? sql`${sql.ref(`${table}.department_id`)} = any(${uuids(departments)})` : sql`false`}
    or ${shares ? sql`exists (${sharedIds(caller, noun, shares)} and share.record_id = ${sql.ref(`${table}.id`)})` : sql`false`})`;
};

const maskText = (
  value: string,
  kind: Field['rules'] extends infer R ? NonNullable<R extends { mask?: infer M } ? M : never> : never,
): string => {
  if (!value) return value;
  // Of characters, not of halves of them.
  const characters = [...value];
  const part = (from: number, to?: number): string => characters.slice(from, to).join('');
  if (kind === 'phone') return characters.length < 7 ? '***' : `${part(0, -8)}****${part(-4)}`;
  if (kind === 'email') return value.replace(/^(.).*(@.*)$/u, '$1***$2');
  if (kind === 'partial') return characters.length < 5 ? '***' : `${part(0, 2)}***${part(-2)}`;
  return '***';
};

const maskField = (record: Record<string, unknown>, field: Field): void => {
  const value = record[field.json];
  const kind = field.rules?.mask ?? 'full';
  // Times and choices are text here too, of which no part can be shown.
  if (field.kind !== 'string') record[field.json] = emptyOf(field);
  else if (Array.isArray(value)) record[field.json] = value.map((item) => maskText(item, kind));
  else if (typeof value === 'string') record[field.json] = maskText(value, kind);
};

const emptyOf = (field: Field): unknown => {
  if (field.repeated) return [];
  if (field.map) return {};
  if (field.optional || ['message', 'timestamp', 'struct', 'value'].includes(field.kind)) return undefined;
  if (field.kind === 'enum') return contract.enums.get(field.type ?? '')?.values[0];
  return field.kind === 'bool' ? false : field.kind === 'string' ? '' : 0;
};

const maskRecord = (record: Record<string, unknown>, fields: Field[], grant: FieldGrant): void => {
  for (const field of fields) {
    if (grant.hidden.has(field.json)) record[field.json] = emptyOf(field);
    else if (grant.masked.has(field.json)) maskField(record, field);
  }
  const custom = record['custom'] as Record<string, unknown> | undefined;
  if (!custom) return;
  for (const slug of Object.keys(custom))
    if (grant.hidden.has(`custom.${slug}`) || grant.masked.has(`custom.${slug}`)) delete custom[slug];
};

/** Paths to the nouns inside a message, found once per type; a type that holds itself is not followed again. */
const nounPaths = new Map<string, boolean>();
const holdsNoun = (type: string, above: string[] = []): boolean => {
  const known = nounPaths.get(type);
  if (known !== undefined) return known;
  if (above.includes(type)) return false;
  const message = contract.messages.get(type);
  const holds =
    !!message &&
    (!!message.noun ||
      message.fields.some(
        (field) => field.kind === 'message' && !!field.type && holdsNoun(field.type, [...above, type]),
      ));
  if (!above.length) nounPaths.set(type, holds);
  return holds;
};

/** Visits every message in an answer in which a noun stands, the nouns themselves included. */
export const eachRecord = (
  type: string,
  answer: unknown,
  visit: (message: Message, record: Record<string, unknown>) => void,
): void => {
  if (!answer || typeof answer !== 'object' || !holdsNoun(type)) return;
  const message = messageType(type);
  visit(message, answer as Record<string, unknown>);
  for (const field of message.fields) {
    if (field.kind !== 'message' || !field.type || field.map) continue;
    const value = (answer as Record<string, unknown>)[field.json];
    if (Array.isArray(value)) for (const item of value) eachRecord(field.type, item, visit);
    else eachRecord(field.type, value, visit);
  }
};

/** Blanks hidden fields and masks masked ones wherever a noun stands in an answer. Changes the message in place. */
export const maskAnswer = ({ grants }: Caller, type: string, answer: unknown): void => {
  if (!grants?.fields.size) return;
  eachRecord(type, answer, ({ noun, fields }, record) => {
    const grant = noun && grants.fields.get(noun);
    if (grant) maskRecord(record, fields, grant);
  });
};

/** Field errors for what a caller tries to write and may not. `paths` are JSON names, custom.<slug> included. */
export const unwritable = (
  caller: Caller,
  noun: string,
  paths: string[],
  creating: boolean,
  prefix: string,
): FieldError[] => {
  const grant = fieldGrant(caller, noun);
  return paths
    .filter((path) => grant.hidden.has(path) || grant.readOnly.has(path) || (!creating && grant.masked.has(path)))
    .map((path) => ({
      field: `${prefix}.${path}`,
      reason: 'FIELD_NOT_WRITABLE',
      message: 'Your role may not write this field.',
    }));
};

/** May the caller filter, sort and search by this field? What is hidden or masked would otherwise be found out by asking. */
export const queryable = (caller: Caller, noun: string, path: string): boolean => {
  const grant = fieldGrant(caller, noun);
  return !grant.hidden.has(path) && !grant.masked.has(path);
};
