import { Problem } from '@pelagic/chassis/problem';
import type { Engine, Row } from '../engine/engine.ts';
import type { QuerySettings } from '../engine/settings.ts';
import type { Compiled } from './compile.ts';
import { withUsedMoves } from './moves.ts';

/** What one question may cost. */
export const LIMITS: QuerySettings = {
  max_execution_time: 8,
  timeout_overflow_mode: 'throw',
  max_rows_to_read: 500_000_000,
  max_memory_usage: 300_000_000,
  max_bytes_before_external_group_by: 100_000_000,
  max_bytes_before_external_sort: 100_000_000,
  max_result_rows: 20_000,
  max_threads: 2,
  // Compiling to machine code pays over many millions of rows and costs memory for good.
  compile_expressions: 0,
  compile_aggregate_expressions: 0,
  compile_sort_description: 0,
};

/** Codes of ClickHouse. */
const TOO_SLOW = new Set(['159', '160']);
const TOO_LARGE = new Set(['158', '241', '307', '396']);

/** Runs a question under its limits. `purpose` is what the engine's query log shows. */
export const ask = async <R extends Row>(engine: Engine, { sql, params }: Compiled, purpose: string): Promise<R[]> => {
  try {
    return await engine.query<R>(withUsedMoves(sql), params, { ...LIMITS, log_comment: purpose });
  } catch (error) {
    // By its code: the embedded engine brings an error class of its own.
    const code = String((error as { code?: unknown }).code);
    if (TOO_SLOW.has(code))
      throw new Problem(
        'DEADLINE_EXCEEDED',
        'QUESTION_TOO_SLOW',
        'This takes too long to answer. Choose a shorter period or fewer dimensions.',
        { cause: error },
      );
    if (TOO_LARGE.has(code))
      throw new Problem(
        'RESOURCE_EXHAUSTED',
        'QUESTION_TOO_LARGE',
        'This is too much to answer. Choose a shorter period or fewer dimensions.',
        { cause: error },
      );
    throw error;
  }
};
