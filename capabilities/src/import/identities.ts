import type { Tx } from '@pelagic/chassis/database';
import { sql } from 'kysely';
import type { RowKey } from '../job/import-target.ts';

/** Which record a key belongs to, and the row of a file that had it last. */
type Known = { recordId: string; jobId: string; row: number };

export type Match = {
  recordIds: string[];
  /** The row of this very file that is the same. */
  duplicateOf?: number;
};

/** What rows of files became, as far as one batch needs it. */
export type Identities = {
  /** Reads what is known of these keys. */
  load: (keys: RowKey[]) => Promise<void>;
  match: (keys: RowKey[], row: number) => Match;
  /** The row is this record from now on. */
  keep: (keys: RowKey[], row: number, recordId: string) => void;
  /** Writes down what was kept, with the batch. */
  save: (tx: Tx) => Promise<void>;
};

const name = ({ kind, value }: RowKey): string => `${kind}\0${value}`;

/** What a dry run remembers from one batch to the next, since nothing of it is written. */
export type Remembered = Map<string, Known>;

type Options = { tx: Tx; noun: string; jobId: string; history: boolean; remembered?: Remembered };

export const openIdentities = ({ tx, noun, jobId, history, remembered }: Options): Identities => {
  const known: Remembered = remembered ?? new Map();
  const kept = new Map<string, { key: RowKey; known: Known }>();
  return {
    load: async (keys) => {
      if (!keys.length) return;
      const { rows } = await sql<{ kind: string; value: string; record_id: string; job_id: string; row: number }>`
        select kind, value, record_id, job_id, row from import_identity
        where noun = ${noun} and (kind, value) in (select * from unnest(${keys.map(({ kind }) => kind)}::text[], ${keys.map(({ value }) => value)}::text[]))`.execute(tx.sql);
      for (const { kind, value, record_id: recordId, job_id, row } of rows) {
        const key = name({ kind, value });
        if (!known.has(key)) known.set(key, { recordId, jobId: job_id, row });
      }
    },
    match: (keys, row) => {
      const found = keys.flatMap((key) => known.get(name(key)) ?? []);
      const twin = found.find((one) => one.jobId === jobId && one.row !== row);
      return { recordIds: [...new Set(found.map(({ recordId }) => recordId))], ...(twin && { duplicateOf: twin.row }) };
    },
    keep: (keys, row, recordId) => {
      for (const key of keys) {
        const before = known.get(name(key));
        // A key of somebody else's stays theirs.
        if (before && before.recordId !== recordId) continue;
        known.set(name(key), { recordId, jobId, row });
        kept.set(name(key), { key, known: { recordId, jobId, row } });
      }
    },
    save: async (saving) => {
      if (!kept.size) return;
      const rows = [...kept.values()].map(({ key, known: { recordId, row } }) => ({ ...key, record_id: recordId, row }));
      await sql`
        insert into import_identity (noun, kind, value, record_id, job_id, row, history)
        select ${noun}, kind, value, record_id, ${jobId}::uuid, row, ${history}
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given(kind text, value text, record_id uuid, row int)
        on conflict (noun, kind, value) do update set job_id = excluded.job_id, row = excluded.row where import_identity.record_id = excluded.record_id`.execute(saving.sql);
    },
  };
};
