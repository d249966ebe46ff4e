import { dateIn } from '@pelagic/chassis/clock';
import { enterprise } from '@pelagic/chassis/enterprise';
import { visibleParts } from '../../question/parts.ts';
import type { Scoping } from '../../question/scope.ts';
import type { ReadableView } from './readable.ts';

/** Its years, 2000 to 2049. */
const FIRST_DAY = '2000-01-01';
const DAYS = 18_263;

const sourceOf = ({ view }: ReadableView, scoping: Scoping & { database: string }): string => {
  switch (view.kind) {
    case 'records':
      return visibleParts(view.cube, view.rows, dateIn(enterprise().timeZone, scoping.now), scoping);
    case 'directory':
      return `(select id, state from ${scoping.database}.directory final where ${[`noun = ${scoping.bindings.bind('String', view.noun)}`, ...(view.where ? [view.where] : [])].join(' and ')})`;
    case 'calendar':
      return `(select addDays(toDate32('${FIRST_DAY}'), number) as date, ${enterprise().fiscalYearStartMonth} as fiscal_start from system.numbers limit ${DAYS})`;
  }
};

/** What stands behind a view's name: the records that the caller may see, in the columns that they may read. */
export const viewSql = (readable: ReadableView, scoping: Scoping & { database: string }): string => {
  const columns = [...readable.columns].map(([name, { value }]) => (value === name ? name : `${value} as ${name}`));
  return `(select ${columns.join(', ')} from ${sourceOf(readable, scoping)})`;
};
