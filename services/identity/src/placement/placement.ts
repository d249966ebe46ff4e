/**
 * Effective dating, for the department tree and the reporting line alike: a list of placements, oldest first, each
 * holding until the next one's day. Before the first one's day the first one holds, so that every day has an answer.
 */
export type Placement = { fromDate: string };

/** The placement that holds on a day. Undefined only for an empty list. */
export const onDate = <P extends Placement>(placements: P[], date: string): P | undefined =>
  placements.findLast(({ fromDate }) => fromDate <= date) ?? placements[0];

/**
 * The list with one more placement; one of the same day is replaced, and one that is the `same` as the one before it
 * dropped: a planned move is taken back by placing the record on its day where it stands before.
 */
export const placed = <P extends Placement>(placements: P[], next: P, same: (a: P, b: P) => boolean): P[] =>
  [...placements.filter(({ fromDate }) => fromDate !== next.fromDate), next]
    .toSorted((a, b) => a.fromDate.localeCompare(b.fromDate))
    .filter((placement, index, all) => !index || !same(all[index - 1]!, placement));

/** From `begin` on, until before `end`; PostgreSQL's dates for "always" at both ends of the list. */
export type Span<P extends Placement> = { placement: P; begin: string; end: string };

export const spansOf = <P extends Placement>(placements: P[]): Span<P>[] =>
  placements.map((placement, index) => ({
    placement,
    begin: index === 0 ? '-infinity' : placement.fromDate,
    end: placements[index + 1]?.fromDate ?? 'infinity',
  }));

/** The span that a day lies in. Undefined only for an empty list. */
export const spanOn = <P extends Placement>(placements: P[], date: string): Span<P> | undefined =>
  spansOf(placements).findLast(({ begin }, index) => !index || begin <= date);

const BEFORE_ALL = '0000-00-00';

/** Who stands above a record of the tree: its placements, oldest first, each with what is above. */
export type Above = (id: string) => (Placement & { aboveId?: string | undefined })[];

type Walk = { loops: boolean; nextChange: string | undefined };

/** Up the tree as it stands on one day, with the first day after it on which anything on the way changes. */
const walkUp = (id: string, day: string, above: Above): Walk => {
  const seen = new Set<string>();
  let nextChange: string | undefined;
  for (let at: string | undefined = id; at !== undefined; at = onDate(above(at), day)?.aboveId) {
    if (seen.has(at)) return { loops: true, nextChange };
    seen.add(at);
    const change = above(at).find(({ fromDate }) => fromDate > day)?.fromDate;
    if (change && (!nextChange || change < nextChange)) nextChange = change;
  }
  return { loops: false, nextChange };
};

/**
 * The first day on which the way up from a record comes back to where it was, or undefined when there is none on any
 * day, past, present and planned. An empty text stands for "before the first change". Between two changes on the way
 * the way stays as it is, so only the days of changes are looked at.
 */
export const loopDay = (id: string, above: Above): string | undefined => {
  for (let day: string | undefined = BEFORE_ALL; day !== undefined;) {
    const { loops, nextChange }: Walk = walkUp(id, day, above);
    if (loops) return day === BEFORE_ALL ? '' : day;
    day = nextChange;
  }
  return undefined;
};
