import type { Meanings, Targets } from './settings.ts';

/** What a person made of a file's columns by hand. */
export interface Mapped {
  targets: Targets;
  meanings: Meanings;
}

/** By noun, the latest first. */
const REMEMBERED_MAX = 20;

const headingsOf = ({ targets }: Mapped): string => JSON.stringify(Object.keys(targets).toSorted());

const same = (a: Mapped, b: Mapped): boolean =>
  Object.keys(a.targets).every((column) => String(a.targets[column]) === String(b.targets[column])) &&
  Object.values(a.meanings).every((values) => Object.keys(values).length === 0);

/** The one of the last file with these headings, in whatever order they stand; undefined when there was none. */
export function recall(remembered: Mapped[], proposed: Mapped): Mapped | undefined {
  return remembered.find((one) => headingsOf(one) === headingsOf(proposed));
}

/** With a mapping in the place of the last one of these headings. What is as proposed need not be remembered. */
export function remember(remembered: Mapped[], mapped: Mapped, proposed: Mapped): Mapped[] {
  const others = remembered.filter((one) => headingsOf(one) !== headingsOf(mapped));
  return same(mapped, proposed) ? others : [mapped, ...others].slice(0, REMEMBERED_MAX);
}
