import { serviceCaller } from '@pelagic/chassis/caller';
import { runIn } from '@pelagic/chassis/context';
import type { Database, Tx } from '@pelagic/chassis/database';
import type { Log } from '@pelagic/chassis/log';
import type { Part } from '@pelagic/chassis/service';
import { sql } from 'kysely';
import type { Noun } from './noun.ts';
import { applyChange, type RecordRow } from './records.ts';
import type { Share } from './shares.ts';

/** Whoever looks at a record when their share of it ends learns within five seconds that it is gone. */
const LOOK_MS = 2_000;
/** Records of one look. */
const RECORDS_MAX = 200;
const LONG_MS = 30_000;

type SharedRow = RecordRow & { shares: Share[] };

/** Takes what has ended from the record, with the event of any other change of its shares. */
const endOn = async (tx: Tx, noun: Noun, id: string): Promise<void> => {
  const row = await tx.sql.selectFrom(noun.table).selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  const { rows } = await sql<{ employee_id: string }>`
    delete from share where noun = ${noun.noun} and record_id = ${id}::uuid and end_time <= now() returning employee_id`.execute(
    tx.sql,
  );
  const ended = new Set(rows.map(({ employee_id }) => employee_id));
  if (!row || !ended.size) return;
  await applyChange<SharedRow>(tx, noun, row as SharedRow, { verb: 'shared' }, (draft) => {
    draft.shares = draft.shares.filter(({ employeeId }) => !ended.has(employeeId));
  });
};

type Options = { service: string; database: Database; nouns: Noun[]; log: Log };

/** An ended share opens nothing any more by itself; this tells of it, so that pages, copies and figures follow. */
export const endShares = ({ service, database, nouns, log }: Options): Part => {
  const byName = new Map(nouns.map((noun) => [noun.noun, noun]));
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    const { rows } = await sql<{ noun: string; record_id: string }>`
      select distinct noun, record_id from share where end_time <= now() and noun = any(${[...byName.keys()]}) limit ${RECORDS_MAX}`.execute(
      database.sql,
    );
    for (const { noun, record_id: id } of rows)
      await runIn({ caller: serviceCaller(service), deadline: Date.now() + LONG_MS }, () =>
        database.transact((tx) => endOn(tx, byName.get(noun)!, id)),
      );
  };
  const tick = () => {
    looking = look()
      .catch((error: unknown) => log.warn({ err: error }, 'ended shares wait'))
      .then(() => {
        if (timer) timer = setTimeout(tick, LOOK_MS).unref();
      });
  };
  return {
    name: 'share ends',
    start: async () => {
      timer = setTimeout(tick, LOOK_MS).unref();
    },
    stop: async () => {
      clearTimeout(timer);
      timer = undefined;
      await looking;
    },
  };
};
