import type { Caller, Scope } from '@pelagic/chassis/caller';
import { denied } from '@pelagic/chassis/problem';
import type { Cube, SeenWith } from '../cubes/cube.ts';
import { TEXTS, type Bindings } from './bindings.ts';

/**
 * `visible` of the chassis for ClickHouse: whose records a reader's figures are made of. Scope goes by who has a record
 * now, whoever is credited.
 */
export type Scoping = {
  caller: Caller;
  now: Date;
  bindings: Bindings;
  /** For a file, the right to export narrows it too. */
  exporting?: boolean;
  /** The database, where names that somebody else chose stand in the same statement: with it no table is mistaken for one of them. */
  database?: string;
  /** For a statement of an analyst, the right to it narrows it too. */
  querying?: boolean;
};

export const tableOf = (noun: string, { database }: Pick<Scoping, 'database'>): string =>
  database ? `${database}.${noun}` : noun;

/** Needed for every figure; its scope narrows that of the noun. */
const FIGURES = 'analytics.read';
const STATEMENTS = 'analytics.query';

const shared = ({ caller, now, bindings }: Scoping): string =>
  `arrayExists((who, until) -> who = ${bindings.bind('String', caller.id)} and until > ${bindings.bind("DateTime64(3, 'UTC')", now.toISOString().replace('T', ' ').replace('Z', ''))}, share_ids, share_ends)`;

const reach = (scope: Scope, { caller, bindings }: Scoping): string => {
  const { grants } = caller;
  const own = (): string => bindings.bind('String', caller.id);
  switch (scope) {
    case 'OWN':
      return `owner_id = ${own()}`;
    case 'SUBORDINATES':
      return `owner_id in ${bindings.bind(TEXTS, [caller.id, ...(grants?.subordinateIds ?? [])])}`;
    case 'DEPARTMENT':
      return `owner_id = ${own()} or department_id in ${bindings.bind(TEXTS, grants?.departmentIds ?? [])}`;
    case 'DEPARTMENT_AND_BELOW':
      return `owner_id = ${own()} or department_id in ${bindings.bind(TEXTS, grants?.departmentAndBelowIds ?? [])}`;
    case 'ALL':
      return '1';
  }
};

/** A condition on the columns of the noun's own table; undefined when nothing is held back. */
const withinScope = (permission: string, scoping: Scoping): string | undefined => {
  const { caller } = scoping;
  if (caller.kind === 'service') return undefined;
  const scopes = caller.grants?.permissions.get(permission);
  if (!scopes) return '0';
  if (scopes.includes('ALL')) return undefined;
  return `(${[...scopes.map((scope) => reach(scope, scoping)), shared(scoping)].join(' or ')})`;
};

const holds = (permission: string, { caller }: Scoping): boolean =>
  caller.kind === 'service' || Boolean(caller.grants?.permissions.has(permission));

const all = (conditions: (string | undefined)[]): string[] => [
  ...new Set(conditions.filter((condition) => condition !== undefined)),
];

/** What of a noun may be seen through figures; empty when everything. */
const conditionsOn = (noun: string, scoping: Scoping): string[] =>
  all([
    withinScope(`${noun}.read`, scoping),
    withinScope(FIGURES, scoping),
    scoping.querying ? withinScope(STATEMENTS, scoping) : undefined,
  ]);

/** Narrows to the rows that name one of the parents, where the column holds ids of several nouns. */
const ofParents = (parents: SeenWith[]): string =>
  parents.every(({ where }) => where)
    ? `(${parents.map(({ where }) => where!.replaceAll('f.', '')).join(' or ')}) and `
    : '';

/** What is seen with another record has no scope of its own: the permission is there or not, as in lists, and the recycle bin holds it back with what it hangs on. */
const seenWithParents = ({ noun, seenWith = [] }: Cube, scoping: Scoping): string[] => {
  const needed = [`${noun}.read`, ...(scoping.exporting ? [`${noun}.export`] : [])];
  if (!needed.every((permission) => holds(permission, scoping))) return ['0'];
  const visible = ({ noun: parent }: SeenWith): string[] => conditionsOn(parent, scoping);
  const whole = seenWith.filter((parent) => !visible(parent).length);
  const narrowed = Map.groupBy(
    seenWith.filter((parent) => visible(parent).length),
    ({ key }) => key,
  );
  const ids = (parent: string, conditions: string[]): string =>
    `select id from ${tableOf(parent, scoping)} final where ${conditions.join(' and ')}`;
  const parents = [
    ...whole.map((parent) => `${ofParents([parent])}${parent.key} not in (${ids(parent.noun, ['deleted = 1'])})`),
    // One set for all parents of a key: an id is of one noun, and looking for it in a set of each cost half of the time.
    ...[...narrowed].map(
      ([key, some]) =>
        `${ofParents(some)}${key} in (${some.map((parent) => ids(parent.noun, ['deleted = 0', ...visible(parent)])).join(' union all ')})`,
    ),
  ];
  return [`(${parents.join(' or ')})`];
};

/** Throws unless the caller may read the noun at all, and figures: who exports rows has come in by another right. */
export const demandRead = ({ noun }: Cube, caller: Caller): void => {
  if (caller.kind === 'service') return;
  for (const permission of [`${noun}.read`, FIGURES])
    if (!caller.grants?.permissions.has(permission)) throw denied(permission);
};

const conditionsFor = (cube: Cube, scoping: Scoping): string[] => {
  if (cube.seenWith) return seenWithParents(cube, scoping);
  const seen = conditionsOn(cube.noun, scoping);
  return scoping.exporting ? all([...seen, withinScope(`${cube.noun}.export`, scoping)]) : seen;
};

/** The records of a noun that the caller's figures are made of, as a table. The recycle bin is in none. */
export const visibleRecords = (cube: Cube, scoping: Scoping): string =>
  `(select * from ${tableOf(cube.noun, scoping)} final where ${['deleted = 0', ...conditionsFor(cube, scoping)].join(' and ')})`;
