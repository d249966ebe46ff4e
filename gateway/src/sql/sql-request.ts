import { Problem } from '@pelagic/chassis/problem';
import type { RunStatementRequest } from '@pelagic/proto/crm/analytics/v1/sql';

/** What clients of ClickHouse send along with every statement and what changes nothing here. */
const WITHOUT_EFFECT = new Set([
  'query_id',
  'session_id',
  'session_timeout',
  'session_check',
  'wait_end_of_query',
  'buffer_size',
  'client_protocol_version',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'enable_http_compression',
  'cancel_http_readonly_queries_on_client_close',
  'date_time_input_format',
  'user',
]);
/** There is one database, and this is its name; clients that choose none say so in their way. */
const DATABASES = new Set(['', 'default', 'pelagic', '__default__']);

const refuseSetting = (name: string): Problem => {
  const what = name.slice(0, 60);
  return new Problem('INVALID_ARGUMENT', 'SQL_SETTING', `${what} cannot be set; the limits are set here.`, {
    params: { what },
  });
};

const one = (name: string, value: unknown): string => {
  if (typeof value === 'string') return value;
  throw refuseSetting(name);
};

/** A request of ClickHouse's HTTP interface: the statement in `query`, in the body, or in both, one after the other. */
export const sqlRequest = (query: Record<string, unknown>, body: string): RunStatementRequest => {
  const asked: RunStatementRequest = { statement: '', format: '', parameters: {}, maxRows: 0 };
  for (const [name, given] of Object.entries(query)) {
    const value = one(name, given);
    if (name.startsWith('param_')) asked.parameters[name.slice('param_'.length)] = value;
    else if (name === 'query') asked.statement = value;
    else if (name === 'default_format') asked.format = value;
    else if (name === 'max_rows' && /^\d{1,6}$/.test(value)) asked.maxRows = Number(value);
    else if (name === 'database' && DATABASES.has(value)) continue;
    else if ((name === 'compress' || name === 'decompress') && value === '0') continue;
    else if (!WITHOUT_EFFECT.has(name)) throw refuseSetting(name);
  }
  asked.statement = [asked.statement, body].filter(Boolean).join('\n');
  return asked;
};
