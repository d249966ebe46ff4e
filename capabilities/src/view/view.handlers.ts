import type { SavedView, SavedViewServiceService } from '@pelagic/proto/crm/capability/v1/view';
import { authorize, may } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import type { Database, Tx } from '@pelagic/chassis/database';
import { parseFilter } from '@pelagic/chassis/filter';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { denied, invalid, invalidField, notFound, Problem, stale } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql } from 'kysely';
import { conditions } from '../record/list.ts';
import { mappingOf, type Message, type Row } from '../record/mapping.ts';
import type { Noun } from '../record/noun.ts';

/** Views of one person on one noun. */
const VIEWS_MAX = 100;
const MUTABLE = ['name', 'filter', 'orderBy', 'columns', 'layout', 'shared', 'default', 'position'] as const;
const LAYOUTS = new Set(['', 'table', 'board']);

const mapping = mappingOf('crm.capability.v1.SavedView');
const toView = (row: Row): SavedView => mapping.toMessage(row) as unknown as SavedView;

type Options = { database: Database; nouns: Noun[] };
type ViewRow = Row & { id: string; version: number; noun: string; owner_id: string; shared: boolean };

const within = async (field: string, work: () => Promise<unknown>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Problem) || !error.fields.length) throw error;
    throw invalid(...error.fields.map((one) => ({ ...one, field: `savedView.${field}` })));
  }
};

/** Not two defaults: the one of before steps back, and two requests at once take turns. */
const stepBack = async (tx: Tx, noun: string, ownerId: string): Promise<void> => {
  await sql`select pg_advisory_xact_lock(hashtext(${`saved_view/${noun}/${ownerId}`}))`.execute(tx.sql);
  await sql`update saved_view set "default" = false, version = version + 1 where noun = ${noun} and owner_id = ${ownerId}::uuid and "default"`.execute(
    tx.sql,
  );
};

export const viewHandlers = ({ database, nouns }: Options): Handlers<SavedViewServiceService> => {
  const byName = new Map(nouns.map((noun) => [noun.noun, noun]));

  const check = async (view: SavedView, caller: Caller): Promise<void> => {
    const noun = byName.get(view.noun);
    if (!noun) throw invalidField('savedView.noun', 'UNKNOWN_NOUN', 'This service keeps no such records.');
    authorize(caller, `${view.noun}.read`);
    if (view.shared) authorize(caller, 'saved_view.share');
    if (!LAYOUTS.has(view.layout))
      throw invalidField('savedView.layout', 'UNKNOWN_VALUE', 'A view is a table or a board.');
    if (!/^([\w.]+(\s+(asc|desc))?)?$/i.test(view.orderBy.trim()))
      throw invalidField('savedView.orderBy', 'BAD_ORDER', 'A list is sorted by one field, then asc or desc.');
    await within('filter', async () => {
      parseFilter(view.filter);
      await conditions(database.sql, noun, caller, { filter: view.filter, query: '', deleted: false });
    });
  };

  /** A field may be sortable no longer: then the view opens in the list's own order, where the list would refuse it. */
  const inOrder = async (view: SavedView, noun: Noun, caller: Caller): Promise<SavedView> => {
    const [path = ''] = view.orderBy.trim().split(/\s/);
    if (!path.startsWith('custom.')) return view;
    const column = await noun.column(database.sql, caller, noun.table, path);
    return column && !column.unsorted ? view : { ...view, orderBy: '' };
  };

  /** One's own, and with the right to share also the shared ones of people who left. */
  const lock = async (tx: Tx, id: string, caller: Caller): Promise<ViewRow> => {
    const row = (await tx.sql
      .selectFrom('saved_view')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst()) as ViewRow | undefined;
    if (!row || (row.owner_id !== caller.id && !row.shared)) throw notFound('saved_view');
    if (row.owner_id !== caller.id && !may(caller, 'saved_view.share')) throw denied('saved_view.share');
    return row;
  };

  return {
    createSavedView: async ({ savedView }, caller) => {
      const view = { ...savedView!, ownerId: caller.id };
      await check(view, caller);
      const row = await database.transact(async (tx) => {
        const { rows } = await sql<{
          n: string;
        }>`select count(*) as n from saved_view where noun = ${view.noun} and owner_id = ${caller.id}::uuid`.execute(
          tx.sql,
        );
        if (Number(rows[0]?.n) >= VIEWS_MAX)
          throw new Problem(
            'RESOURCE_EXHAUSTED',
            'TOO_MANY_VIEWS',
            `Nobody can have more than ${VIEWS_MAX} views of one list.`,
          );
        if (view.default) await stepBack(tx, view.noun, caller.id);
        const columns = mapping.toColumns(view as unknown as Message, ['noun', ...MUTABLE]);
        return (await tx.sql
          .insertInto('saved_view')
          .values({ ...columns, id: uuidv7(), version: 1, owner_id: caller.id })
          .returningAll()
          .executeTakeFirstOrThrow()) as Row;
      });
      return { savedView: toView(row) };
    },

    updateSavedView: async ({ id, savedView, updateMask }, caller) => {
      const given = savedView!;
      const paths = updateMask?.length
        ? updateMask.map((path) => path.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()))
        : [...MUTABLE];
      const row = await database.transact(async (tx) => {
        const stored = await lock(tx, id, caller);
        if (given.version && given.version !== stored.version) throw stale('saved_view', stored.version);
        if (paths.includes('noun') && given.noun !== stored.noun)
          throw invalidField('savedView.noun', 'IMMUTABLE', 'This cannot be changed once it is set.');
        const changed = Object.fromEntries(
          MUTABLE.filter((path) => paths.includes(path)).map((path) => [path, given[path]]),
        );
        await check({ ...toView(stored), ...changed }, caller);
        if (changed['default']) await stepBack(tx, stored.noun, stored.owner_id);
        const columns = mapping.toColumns(changed, Object.keys(changed));
        return (await tx.sql
          .updateTable('saved_view')
          .set({ ...columns, version: stored.version + 1 })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow()) as Row;
      });
      return { savedView: toView(row) };
    },

    deleteSavedView: async ({ id }, caller) => {
      await database.transact(async (tx) => {
        await lock(tx, id, caller);
        await tx.sql.deleteFrom('saved_view').where('id', '=', id).execute();
      });
      return {};
    },

    listSavedViews: async ({ noun }, caller) => {
      const known = byName.get(noun);
      if (!known) throw invalidField('noun', 'UNKNOWN_NOUN', 'This service keeps no such records.');
      authorize(caller, `${noun}.read`);
      const { rows } = await sql<Row>`
        select * from saved_view where noun = ${noun} and (owner_id = ${caller.id}::uuid or shared)
        order by (owner_id = ${caller.id}::uuid) desc, position, create_time limit 500`.execute(database.sql);
      return { savedViews: await Promise.all(rows.map((row) => inOrder(toView(row), known, caller))) };
    },
  };
};
