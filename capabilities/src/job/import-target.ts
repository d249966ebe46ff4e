import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import type { Message } from '../record/mapping.ts';

/** What tells a row apart from the others: { kind: 'phone', value: '+8613800138000' }. Kind `external` is the importer's own. */
export type RowKey = { kind: string; value: string };

/** `name` is for the message when several fit. */
export type Candidate = { id: string; name: string };

export type LookupContext = {
  tx: Tx;
  caller: Caller;
  /** What the fields before this one gave: a stage is looked up in the row's pipeline. */
  message: Message;
  /** People who left and closed departments may stand in rows of the past. */
  history: boolean;
};

/** The records that a cell may mean (name, number, login, mail …): none is an error of the row, and so are several. */
export type Lookup = (text: string, context: LookupContext) => Promise<Candidate[]>;

export type ImportField = {
  /**
   * JSON name in the noun's message (phones, amount, ownerId). A name that the message does not have is handed to the
   * target as it is (fromDate of an employee's placement). Custom fields join in by themselves.
   */
  field: string;
  /** Headings: the first of each is shown, all are recognised. Names that many nouns share have theirs in labels.ts. */
  labels?: { zh: string[]; en: string[] };
  /** Also beyond what the contract says. */
  required?: boolean;
  /** May identify a row, shown in the mapping dialog. */
  matchKey?: boolean;
  /** Only rows of the past may set it: createTime, closeDate, stage of a closed deal. */
  history?: boolean;
  /** How a cell becomes an id; without one the cell is the value. */
  lookup?: Lookup;
  /** What the id means where the contract has no noun for it: exports write its name. */
  refersTo?: string;
  /** JSON names of the fields before this one that the lookup reads. */
  dependsOn?: string[];
  /** The record looked up may be a row of the same file, in any order: parents, managers. */
  sameFile?: boolean;
  /** Values of an enum, or of a text that has but a few → the words for them; the first is written by exports. */
  words?: Record<string, { zh: string[]; en: string[] }>;
  /** Of a field that the message does not have. Date: YYYY-MM-DD. */
  kind?: 'text' | 'date' | 'time' | 'boolean' | 'number';
};

export type ImportOptions = {
  /** The row's own dates count, closed comes in closed, today's gates stay quiet; `caller.imported` is set. */
  history: boolean;
};

/**
 * A noun as the importer sees it: one file a noun, lead.import.ts, with the functions that its handlers use as well.
 *
 * Rows come in as the noun's message, checked against the contract (bounds, formats, required fields). A field error
 * that is thrown marks the row as bad, and nothing of it is kept; field paths may begin with the noun's JSON name.
 * With `history`, `now()` is the row's createTime while create runs, so that record, number and event carry it.
 */
export type ImportTarget = {
  noun: string;
  /** In the order in which lookups must run. */
  fields: ImportField[];
  /** What a row is known by beside its external id, normalised, strongest first: phones, mail; customer and name. */
  keys: (message: Message) => RowKey[];
  /**
   * What a row is whose keys speak for a record and against it: with `strongest-decides` only a record that agrees in
   * the strongest key that both have (two employees share no number), with `name-decides` one that bears the name or
   * differs in the name alone (a switchboard has many leads). Else any key in common makes one.
   */
  contradiction?: 'strongest-decides' | 'name-decides';
  /** JSON names of the fields that each kind of key is made of: who may not look for one of them is told nothing by the key. */
  keyFields: Readonly<Record<string, readonly string[]>>;
  /** Living records that have any of these keys (externalId for kind `external`), imported or not. */
  find: (tx: Tx, keys: RowKey[]) => Promise<string[]>;
  /** `find` takes the keys of many rows as well: where none of them is there, rows need not be asked for one by one. */
  findsMany?: true;
  /** Answers the id of the new record. */
  create: (tx: Tx, message: Message, caller: Caller, options: ImportOptions) => Promise<string>;
  /** Writes the fields of `mask` (JSON names, custom.<slug>; those the row has a value for), ownerId by assigning. */
  update: (
    tx: Tx,
    id: string,
    message: Message,
    mask: string[],
    caller: Caller,
    options: ImportOptions,
  ) => Promise<void>;
};
