import type { HistoryChange } from '@pelagic/proto/crm/capability/v1/record';
import { fieldGrant } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { sameValue } from './mapping.ts';
import type { Noun } from './noun.ts';

type State = Record<string, unknown>;

/** Custom values one by one: custom.<slug>. */
const flat = (state: State): State => {
  const { custom, ...rest } = state;
  return { ...rest, ...Object.fromEntries(Object.entries((custom ?? {}) as State).map(([slug, value]) => [`custom.${slug}`, value])) };
};

/** The changed fields that the caller may see, with their values as JSON; masked ones say only that they changed. */
export const changesOf = ({ noun }: Pick<Noun, 'noun'>, caller: Caller, before: State, after: State): HistoryChange[] => {
  const { hidden, masked } = fieldGrant(caller, noun);
  const [was, is] = [flat(before), flat(after)];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((field) => !hidden.has(field) && !sameValue(was[field] ?? null, is[field] ?? null))
    .map((field) => ({ field, before: masked.has(field) ? '' : JSON.stringify(was[field] ?? null), after: masked.has(field) ? '' : JSON.stringify(is[field] ?? null) }));
};
