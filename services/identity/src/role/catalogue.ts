import { contract, messageType } from '@pelagic/proto/contract';

/**
 * Every permission there is, from the contracts: what the rpcs ask for, with the actions of the capabilities
 * (`{noun}.export`) written out for the nouns that they are mounted for.
 */

/** Asked for by no rpc of their own, but inside of one. */
const MORE = ['saved_view.share', 'job.read', 'job.cancel'];
/** Identity's own nouns are open to everybody signed in; reading them as a permission is reading their history. */
const DIRECTORY_ACTIONS: Record<string, string[]> = {
  employee: ['read', 'import', 'export', 'reveal'],
  department: ['read', 'import', 'export'],
  role: ['read'],
  enterprise: ['read'],
  exchange_rate: ['read'],
  working_calendar: ['read'],
  api_key: ['read'],
  partner: ['read'],
};
/** Figures are of records with owners, so they have a scope as the records have; logs and targets go by scope and are given to nobody. */
const SCOPED_WITHOUT_ASSIGNING = new Set(['analytics', 'work_log', 'target']);

const asked = [...new Set([...contract.rpcs.values()].map(({ access }) => access.permission))].filter((permission) =>
  permission.includes('.'),
);

const fieldsOf = (noun: string) => {
  const known = contract.nouns.get(noun);
  return known ? messageType(known.message).fields : [];
};
const hasOwner = (noun: string): boolean => fieldsOf(noun).some(({ json }) => json === 'ownerId');
const hasMask = (noun: string): boolean => fieldsOf(noun).some(({ rules }) => rules?.mask);
const isMounted = (noun: string, action: string): boolean => {
  if (action === 'reveal' && !hasMask(noun)) return false;
  const directory = DIRECTORY_ACTIONS[noun];
  if (directory) return directory.includes(action);
  // Contacts and activities go with the record that they hang on.
  return action !== 'assign' || asked.includes(`${noun}.assign`);
};

/** Nouns of daily business: people enter them, or set them as targets are set. */
export const businessNouns: string[] = asked
  .filter((permission) => /\.(create|set)$/.test(permission))
  .map((permission) => permission.slice(0, permission.lastIndexOf('.')));

const expand = (permission: string): string[] => {
  if (!permission.startsWith('{noun}.')) return [permission];
  const action = permission.slice('{noun}.'.length);
  return [...businessNouns, ...Object.keys(DIRECTORY_ACTIONS)]
    .filter((noun) => isMounted(noun, action))
    .map((noun) => `${noun}.${action}`);
};

/** Sorted, each once. */
export const catalogue: readonly string[] = [
  ...new Set([...asked.flatMap(expand), ...businessNouns.map((noun) => `${noun}.import_history`), ...MORE]),
].toSorted();

const known = new Set(catalogue);
export const isPermission = (permission: string): boolean => known.has(permission);

export const nounOf = (permission: string): string => permission.slice(0, permission.lastIndexOf('.'));
export const actionOf = (permission: string): string => permission.slice(permission.lastIndexOf('.') + 1);

/**
 * Does it matter whose record it is? Without an owner there is nothing to scope by, and what cannot be given to another
 * owner is seen with the record that it hangs on: a contact with its customer, an activity with its subject.
 */
export const isScoped = (permission: string): boolean => {
  const noun = nounOf(permission);
  return (hasOwner(noun) && asked.includes(`${noun}.assign`)) || SCOPED_WITHOUT_ASSIGNING.has(noun);
};

/** May a rule of a role name this field? Custom fields are defined elsewhere, so their slugs are taken as they come. */
export const isField = (noun: string, field: string): boolean => {
  const owner = contract.nouns.get(noun);
  if (!owner) return false;
  return field.startsWith('custom.')
    ? owner.custom
    : owner.fields.includes(field) && field !== 'id' && field !== 'version';
};

export type NounPermissions = { noun: string; actions: string[]; scoped: boolean; fields: string[] };

/** The catalogue by noun, for the page where roles are edited. */
export const permissionsByNoun = (): NounPermissions[] =>
  [...new Set(catalogue.map(nounOf))].map((noun) => {
    const permissions = catalogue.filter((permission) => nounOf(permission) === noun);
    const fields = (contract.nouns.get(noun)?.fields ?? []).filter(
      (field) => isField(noun, field) && field !== 'custom',
    );
    return { noun, actions: permissions.map(actionOf), scoped: permissions.some(isScoped), fields };
  });

/** Numbers and addresses that identify a person, noun by noun. */
export const maskableFields: readonly { noun: string; field: string }[] = [...contract.nouns.keys()].flatMap((noun) =>
  fieldsOf(noun)
    .filter(({ rules }) => rules?.mask === 'phone' || rules?.mask === 'email')
    .map(({ json }) => ({ noun, field: json })),
);
