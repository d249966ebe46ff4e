import type { Tx } from '@pelagic/chassis/database';
import { sql } from 'kysely';
import type { RowKey } from '../job/import-target.ts';
import type { Identity } from './likeness.ts';

/** Which record a key belongs to, and the row of a file that had it last. */
type Known = {
  recordId: string;
  jobId: string;
  row: number;
  /** What that row is known by, when it is one of this run: its record may be taken back by now. */
  identity?: Identity;
};

/** A record that keys of the row belong to. */
export type Match = {
  recordId: string;
  keys: RowKey[];
  identity?: Identity;
  /** The row of this very file that the record is of. */
  twin?: number;
};

/** What rows of files became, as far as one batch needs it. */
export type Identities = {
  /** Reads what is known of these keys; what is in the recycle bin is nobody's any more. */
  load: (keys: RowKey[]) => Promise<void>;
  match: (keys: RowKey[], row: number) => Match[];
  /** The row is this record from now on. */
  keep: (identity: Identity, row: number, recordId: string) => void;
  /** Writes down what was kept, with the batch. */
  save: () => Promise<void>;
  /** Remembers what was kept, in a dry run whose batch came to its end. */
  remember: () => void;
};

const name = ({ kind, value }: RowKey): string => `${kind}\0${value}`;

/** What a dry run remembers from one batch to the next, since nothing of it is written. */
export type Remembered = Map<string, Known>;

type Options = { tx: Tx; noun: string; jobId: string; history: boolean; remembered?: Remembered };

export const openIdentities = ({ tx, noun, jobId, history, remembered }: Options): Identities => {
  const loaded: Remembered = new Map();
  const kept = new Map<string, { key: RowKey; known: Known }>();
  const knownAs = (key: RowKey): Known | undefined =>
    kept.get(name(key))?.known ?? remembered?.get(name(key)) ?? loaded.get(name(key));
  return {
    load: async (keys) => {
      if (!keys.length) return;
      const { rows } = await sql<{ kind: string; value: string; record_id: string; job_id: string; row: number }>`
        select kind, value, record_id, job_id, row from import_identity
        where noun = ${noun} and exists (select from ${sql.table(noun)} where id = record_id and delete_time is null) and (kind, value) in (select * from unnest(${keys.map(({ kind }) => kind)}::text[], ${keys.map(({ value }) => value)}::text[]))`.execute(
        tx.sql,
      );
      for (const { kind, value, record_id: recordId, job_id, row } of rows) {
        loaded.set(name({ kind, value }), { recordId, jobId: job_id, row });
      }
    },
    match: (keys, row) => {
      const matches = new Map<string, Match>();
      for (const key of keys) {
        const known = knownAs(key);
        if (!known) continue;
        const { recordId, identity } = known;
        const match = matches.get(recordId) ?? { recordId, keys: [], ...(identity && { identity }) };
        match.keys.push(key);
        if (known.jobId === jobId && known.row !== row) match.twin ??= known.row;
        matches.set(recordId, match);
      }
      return [...matches.values()];
    },
    keep: (identity, row, recordId) => {
      for (const key of identity.keys) {
        const before = knownAs(key);
        // A key of somebody else's stays theirs.
        if (before && before.recordId !== recordId) continue;
        kept.set(name(key), { key, known: { recordId, jobId, row, identity } });
      }
    },
    save: async () => {
      if (!kept.size) return;
      const rows = [...kept.values()].map(({ key, known: { recordId, row } }) => ({
        ...key,
        record_id: recordId,
        row,
      }));
      await sql`
        insert into import_identity (noun, kind, value, record_id, job_id, row, history)
        select ${noun}, kind, value, record_id, ${jobId}::uuid, row, ${history}
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given(kind text, value text, record_id uuid, row int)
        on conflict (noun, kind, value) do update set record_id = excluded.record_id, job_id = excluded.job_id, row = excluded.row`.execute(
        tx.sql,
      );
    },
    remember: () => {
      for (const [key, { known }] of kept) remembered?.set(key, known);
    },
  };
};
