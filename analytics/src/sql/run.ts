import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditTrail } from '@pelagic/capabilities/audit/audit';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import type { Database } from '@pelagic/chassis/database';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { Problem } from '@pelagic/chassis/problem';
import { beginningOf } from '@pelagic/chassis/text';
import type { RunStatementRequest, RunStatementResponse } from '@pelagic/proto/crm/analytics/v1/sql';
import type { LiveDirectory } from '../directory/directory.ts';
import type { Answer, Engine } from '../engine/engine.ts';
import type { Compiled } from '../question/compile.ts';
import { formatOf, type Format } from './format.ts';
import { greetingFor } from './handshake.ts';
import { problemWith, STATEMENT_LIMITS, TEXT_MAX } from './limits.ts';
import { understand, type Understood } from './statement.ts';
import type { Turns } from './turns.ts';

/** Of ClickHouse's HTTP interface, for those who ask for none. */
const DEFAULT_FORMAT = 'TabSeparated';
/** Characters of a statement that the audit log keeps. */
const AUDITED_MAX = 4_000;
const CHUNK_BYTES = 256 * 1_024;
/** How often it is looked whether the caller still waits. */
const LOOK_MS = 200;

export type SqlHouse = {
  engine: Engine;
  directory: LiveDirectory;
  database: Database;
  audit: Pick<AuditTrail, 'note'>;
  turns: Turns;
};

type Answered = Answer & { ms: number };

/** In the engine, under its limits; ended there when the caller goes. */
const answerOf = async (
  { engine, turns }: SqlHouse,
  caller: Caller,
  { sql, params }: Compiled,
  format: Format,
  { maxRows, queryId, signal }: { maxRows: number; queryId: string; signal: AbortSignal },
): Promise<Answered> => {
  const end = await turns.take(caller.id, signal);
  const began = performance.now();
  const settings = { ...STATEMENT_LIMITS, log_comment: `sql ${queryId}`, ...(maxRows && { limit: maxRows }) };
  const stop = (): void => void engine.kill(`sql ${queryId}`).catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const answer = await engine.bytes(sql, params, settings, format.name);
    return { ...answer, ms: Math.round(performance.now() - began) };
  } catch (error) {
    throw problemWith(error);
  } finally {
    signal.removeEventListener('abort', stop);
    end();
  }
};

/** Yields now and then until the work is done: the seam looks after each whether the caller is still there. */
async function* waitingFor(work: Promise<unknown>): AsyncGenerator<RunStatementResponse> {
  let done = false;
  const settled = work.then(
    () => void (done = true),
    () => void (done = true),
  );
  for (;;) {
    await Promise.race([settled, sleep(LOOK_MS)]);
    if (done) return;
    yield { part: { $case: 'progress', value: {} } };
  }
}

const understood = async (house: SqlHouse, caller: Caller, request: RunStatementRequest): Promise<Understood> => {
  const { statement, parameters } = request;
  const greeting = greetingFor(statement);
  if (greeting) return { ...greeting, params: {}, views: [] };
  const around = { caller, directory: house.directory.now(), now: now(), database: await house.engine.database() };
  const known = understand({ statement, parameters }, around);
  if (known.sql.length > TEXT_MAX)
    throw new Problem('INVALID_ARGUMENT', 'SQL_TOO_LARGE', 'The statement is too large with the views that it names.');
  return known;
};

/** One statement: refused with a reason, or answered in its format. Who asked what is written down before the answer leaves. */
export async function* runStatement(
  house: SqlHouse,
  request: RunStatementRequest,
  caller: Caller,
): AsyncGenerator<RunStatementResponse> {
  const query = await understood(house, caller, request);
  const format = formatOf(query.format || request.format || DEFAULT_FORMAT);
  const queryId = uuidv7();
  const gone = new AbortController();
  const answering = answerOf(house, caller, query, format, { maxRows: request.maxRows, queryId, signal: gone.signal });
  try {
    yield* waitingFor(answering);
    const { bytes, rows, ms } = await answering;
    if (query.views.length)
      await house.audit.note(house.database.sql, caller, {
        action: 'run_statement',
        noun: 'analytics',
        detail: {
          statement: beginningOf(request.statement, AUDITED_MAX),
          views: query.views,
          format: format.name,
          rows,
          bytes: bytes.length,
          milliseconds: ms,
          queryId,
        },
      });
    yield {
      part: {
        $case: 'head',
        value: { queryId, format: format.name, mediaType: format.mediaType, rows, elapsedMs: ms },
      },
    };
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
      yield { part: { $case: 'chunk', value: bytes.subarray(at, at + CHUNK_BYTES) } };
  } finally {
    gone.abort();
    await answering.catch(() => undefined);
  }
}
