import { may, queryable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { customColumn, customColumns } from '../../facts/custom.ts';
import { customFieldsOf, type Directory } from '../../directory/directory.ts';
import { mayReadBehind } from '../../question/asked.ts';
import { VIEWS } from './catalogue.ts';
import type { View, ViewColumn } from './view.ts';

/** A view as one caller has it. */
export type ReadableView = {
  view: View;
  columns: ReadonlyMap<string, ViewColumn>;
  /** Names of columns that the caller's role hides. */
  hidden: ReadonlySet<string>;
};

/** Custom fields as columns; one that was retired is shown no more. */
const customOf = (noun: string, directory: Directory): Record<string, ViewColumn> => {
  const definitions = customFieldsOf(directory, noun).filter(({ retired }) => !retired);
  const columns = customColumns(definitions);
  return Object.fromEntries(
    definitions.map(({ slug, label, labelEn }) => {
      const name = customColumn(slug);
      return [
        name,
        {
          label: { zh: label, en: labelEn || label },
          type: columns[name]!.type,
          value: name,
          fields: [`custom.${slug}`],
        },
      ];
    }),
  );
};

const mayRead = (view: View, caller: Caller): boolean =>
  view.kind === 'records'
    ? ['analytics.read', `${view.cube.noun}.read`].every((right) => may(caller, right)) &&
      (!view.field || queryable(caller, view.cube.noun, view.field))
    : view.kind !== 'directory' || !view.permission || may(caller, view.permission);

const nounOf = (view: View): string =>
  view.kind === 'records' ? view.cube.noun : view.kind === 'directory' ? view.noun : '';

const readableView = (view: View, directory: Directory, caller: Caller): ReadableView => {
  const noun = nounOf(view);
  const every = { ...view.columns, ...(view.kind === 'records' && view.rows === 'facts' && customOf(noun, directory)) };
  const columns = new Map<string, ViewColumn>();
  const hidden = new Set<string>();
  for (const [name, column] of Object.entries(every))
    if (column.fields.every((field) => queryable(caller, noun, field)) && mayReadBehind(caller, column.behind))
      columns.set(name, column);
    else hidden.add(name);
  return { view, columns, hidden };
};

/** The views that the caller may read, with the columns that they may. What is masked for them is no column either. */
export const readableViews = (directory: Directory, caller: Caller): ReadonlyMap<string, ReadableView> =>
  new Map(
    [...VIEWS.values()]
      .filter((view) => mayRead(view, caller))
      .map((view) => [view.name, readableView(view, directory, caller)]),
  );
