import { DATABASE } from './database.ts';

/**
 * What named clients ask when they connect (clickhouse-connect, the JDBC and ODBC drivers), answered by what is written
 * here: nothing of it is read from the engine.
 */

/** Of the engine that this dialect is a part of; clients choose by it what they may say. */
export const DIALECT = '26.7.1.1';

const VERSION = `'${DIALECT}' as \`version()\``;
const TIME_ZONE = "'UTC' as `timezone()`";
/** Settings that clients ask for; none of them can be changed. */
const SETTINGS =
  "select 'readonly' as name, '2' as value, toUInt8(1) as readonly union all select 'max_execution_time', '30', toUInt8(1)";

const ANSWERS = new Map([
  ['select version()', `select ${VERSION}`],
  ['select timezone()', `select ${TIME_ZONE}`],
  ['select version(), timezone()', `select ${VERSION}, ${TIME_ZONE}`],
  ['select name, value, readonly from system.settings limit 10000', SETTINGS],
  ['select name, value, readonly as readonly from system.settings limit 10000', SETTINGS],
  ['select currentdatabase()', `select '${DATABASE}' as \`currentDatabase()\``],
]);

const QUESTION = /^\s*([^;]{1,200}?)(?:\s+format\s+(\w{1,40}))?\s*;?\s*$/i;

export type Greeting = { sql: string; format: string | undefined };

/** Undefined for everything that is not asked by a client for itself. */
export const greetingFor = (statement: string): Greeting | undefined => {
  const [, question = '', format] = QUESTION.exec(statement) ?? [];
  const sql = ANSWERS.get(question.toLowerCase().replace(/\s+/g, ' ').replace(/ ?, ?/g, ', '));
  return sql === undefined ? undefined : { sql: `select * from (${sql})`, format };
};
