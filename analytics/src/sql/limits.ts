import { Problem } from '@pelagic/chassis/problem';
import type { QuerySettings } from '../engine/settings.ts';

/** Rows and bytes of one answer. */
export const RESULT_ROWS_MAX = 100_000;
const RESULT_BYTES_MAX = 32_000_000;
/** Of the statement that the engine gets, views included; it reads no longer ones. */
export const TEXT_MAX = 250_000;

const MEMORY_MAX = 150_000_000;

/** What one statement of an analyst may cost. */
export const STATEMENT_LIMITS: QuerySettings = {
  max_execution_time: 30,
  timeout_overflow_mode: 'throw',
  max_rows_to_read: 200_000_000,
  read_overflow_mode: 'throw',
  max_memory_usage: MEMORY_MAX,
  max_bytes_before_external_group_by: 60_000_000,
  max_bytes_before_external_sort: 60_000_000,
  max_temporary_data_on_disk_size_for_query: 1_000_000_000,
  max_rows_in_join: 5_000_000,
  max_bytes_in_join: 100_000_000,
  join_overflow_mode: 'throw',
  max_rows_in_set: 5_000_000,
  max_bytes_in_set: 100_000_000,
  set_overflow_mode: 'throw',
  max_rows_to_group_by: 5_000_000,
  group_by_overflow_mode: 'throw',
  max_result_rows: RESULT_ROWS_MAX,
  max_result_bytes: RESULT_BYTES_MAX,
  result_overflow_mode: 'throw',
  // Figures of the dashboard use two.
  max_threads: 1,
  compile_expressions: 0,
  compile_aggregate_expressions: 0,
  compile_sort_description: 0,
  // The conditions of scope are done with before anything of the statement is: what it computes on a record that is not
  // the caller's could be told by whether it fails.
  query_plan_filter_push_down: 0,
  query_plan_merge_filters: 0,
  enable_optimize_predicate_expression: 0,
  enable_join_runtime_filters: 0,
  allow_experimental_correlated_subqueries: 0,
  output_format_write_statistics: 0,
};

/** Codes of ClickHouse by what they mean to the caller. */
const TOO_SLOW = new Set(['159', '160']);
const TOO_COSTLY = new Set(['158', '191', '241', '243', '307']);
const RESULT_TOO_LARGE = new Set(['396', '397']);
const NO_COLUMN = new Set(['8', '10', '16', '47']);
const PARAMETER = new Set(['456', '457']);
const KILLED = new Set(['394', '734']);
/** The engine itself is at fault or away: nothing that another statement would mend. */
const OURS = new Set(['undefined', '49', '60', '76', '81', '202', '209', '210', '212', '516', '1001']);

/** The name in the engine's complaint about it; the rest of the complaint may tell what the views are made of. */
const nameIn = (message: string): string =>
  /[`'"]([^`'"]{1,100})[`'"]/.exec(message)?.[1]?.replace(/^asked_/, '') ?? '';

/** What the engine says of a statement, as its caller hears it: never in the engine's words. */
export const problemWith = (error: unknown): unknown => {
  const { code, type, message = '' } = error as { code?: unknown; type?: string; message?: string };
  const number = String(code);
  const what = NO_COLUMN.has(number) || PARAMETER.has(number) ? nameIn(message) : (type ?? '');
  const details = { params: { what, clickhouseCode: number }, cause: error };
  if (OURS.has(number)) return error;
  if (TOO_SLOW.has(number))
    return new Problem(
      'DEADLINE_EXCEEDED',
      'SQL_TOO_SLOW',
      'The query took too long and was stopped. Ask for less.',
      details,
    );
  if (TOO_COSTLY.has(number))
    return new Problem(
      'RESOURCE_EXHAUSTED',
      'SQL_TOO_COSTLY',
      'The query needs more memory, or reads more rows, than is allowed. Ask for less.',
      details,
    );
  if (RESULT_TOO_LARGE.has(number))
    return new Problem(
      'RESOURCE_EXHAUSTED',
      'SQL_RESULT_TOO_LARGE',
      `An answer has at most ${RESULT_ROWS_MAX} rows and ${RESULT_BYTES_MAX / 1_000_000} MB. Sum up, or add a LIMIT.`,
      details,
    );
  if (KILLED.has(number)) return new Problem('CANCELLED', 'CANCELLED', 'The query was cancelled.', details);
  if (NO_COLUMN.has(number))
    return new Problem('INVALID_ARGUMENT', 'SQL_COLUMN', `There is no column ${what}.`, details);
  if (PARAMETER.has(number))
    return new Problem(
      'INVALID_ARGUMENT',
      'SQL_PARAMETER',
      `The value of the parameter ${what} does not fit its type.`,
      details,
    );
  return new Problem(
    'INVALID_ARGUMENT',
    'SQL_NOT_UNDERSTOOD',
    `The engine cannot run this statement: ${what}.`,
    details,
  );
};
