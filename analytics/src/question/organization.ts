import { BEGINNING, END, type Era, type Tree } from '../directory/tree.ts';
import { TEXTS, type Bindings } from './bindings.ts';

/** Which tree figures roll up by: that of each row's business date, or today's. */
export type TreeChoice = { tree: Tree; today: string; todaysTree: boolean };

const erasOf = ({ tree, today, todaysTree }: TreeChoice, departmentId: string): Era[] => {
  const eras = tree.below(departmentId);
  if (!todaysTree) return eras;
  return eras
    .filter(({ from, to }) => from <= today && today < to)
    .map((era) => ({ ...era, from: BEGINNING, to: END }));
};

const during = ({ from, to }: Era, date: string, { bind }: Bindings): string[] => [
  ...(from === BEGINNING ? [] : [`${date} >= ${bind('Date32', from)}`]),
  ...(to === END ? [] : [`${date} < ${bind('Date32', to)}`]),
];

const sameMembers = (a: Era, b: Era): boolean =>
  a.branches.size === b.branches.size && [...a.branches.keys()].every((member) => b.branches.has(member));

/** Eras without regard to branches: fewer, and so a shorter condition. */
const memberEras = (eras: Era[]): Era[] => {
  const merged: Era[] = [];
  for (const era of eras) {
    const last = merged.at(-1);
    if (last && sameMembers(last, era)) merged[merged.length - 1] = { ...last, to: era.to };
    else merged.push(era);
  }
  return merged;
};

/** A condition: the department stood below another, or was it, on the date. */
export const isBelow = (
  choice: TreeChoice,
  departmentId: string,
  department: string,
  date: string,
  bindings: Bindings,
): string => {
  const eras = memberEras(erasOf(choice, departmentId)).map((era) =>
    [`${department} in ${bindings.bind(TEXTS, [...era.branches.keys()])}`, ...during(era, date, bindings)].join(
      ' and ',
    ),
  );
  return eras.length ? `(${eras.join(' or ')})` : '0';
};

/** The branch directly below a department that another belonged to on the date; empty for what stood elsewhere. */
export const branchOf = (
  choice: TreeChoice,
  departmentId: string,
  department: string,
  date: string,
  bindings: Bindings,
): string => {
  const mapped = erasOf(choice, departmentId).map((era) => ({
    when: during(era, date, bindings).join(' and ') || '1',
    then: `transform(toString(${department}), ${bindings.bind(TEXTS, [...era.branches.keys()])}, ${bindings.bind(TEXTS, [...era.branches.values()])}, '')`,
  }));
  if (!mapped.length) return "''";
  if (mapped.length === 1) return mapped[0]!.then;
  return `multiIf(${mapped.map(({ when, then }) => `${when}, ${then}`).join(', ')}, '')`;
};
