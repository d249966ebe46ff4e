// Golden events: one complete CloudEvent per subject, with every field set. Consumers test against them.
import type { Json, JsonObject } from '../src/sample.ts';

/**
 * What a golden event becomes when its message has grown: values that stand in the file stay, new fields get samples.
 * What the file has and the contract has not any more is a problem, since consumers still send and read it.
 */
export function mergeGolden(present: Json, fresh: Json, place: string, problems: string[]): Json {
  if (Array.isArray(present) && Array.isArray(fresh)) {
    return present.map((item, index) => mergeGolden(item, fresh[0] ?? item, `${place}[${index}]`, problems));
  }
  if (!isObject(present) || !isObject(fresh) || isOpen(place)) return present;
  for (const key of Object.keys(present)) {
    if (!Object.hasOwn(fresh, key)) problems.push(`${place}.${key} is gone from the contract.`);
  }
  const merged = Object.entries(fresh).map(([key, value]): [string, Json] => [
    key,
    Object.hasOwn(present, key) ? mergeGolden(present[key]!, value, `${place}.${key}`, problems) : value,
  ]);
  return Object.fromEntries(merged);
}

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Structs hold what they like. */
const isOpen = (place: string): boolean => place.endsWith('.before');
