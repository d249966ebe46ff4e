import { describe, expect, it } from 'vitest';
import { clickhouseAuthorization } from '../session/credential.ts';
import { sqlRequest } from './sql-request.ts';

describe('a request of ClickHouse’s HTTP interface', () => {
  it('has its statement in the address, in the body, or in both', () => {
    expect(sqlRequest({ query: 'select 1' }, '').statement).toBe('select 1');
    expect(sqlRequest({}, 'select 1').statement).toBe('select 1');
    expect(sqlRequest({ query: 'select' }, '1').statement).toBe('select\n1');
  });

  it('takes parameters, the format and what changes nothing', () => {
    const asked = sqlRequest(
      {
        param_name: 'Acme',
        default_format: 'JSON',
        wait_end_of_query: '1',
        database: '__default__',
        query_id: 'x',
        compress: '0',
      },
      'select {name:String}',
    );
    expect(asked).toEqual({
      statement: 'select {name:String}',
      format: 'JSON',
      parameters: { name: 'Acme' },
      maxRows: 0,
    });
  });

  it.each([
    ['max_execution_time', '0'],
    ['readonly', '0'],
    ['additional_table_filters', '{}'],
    ['database', 'system'],
    ['compress', '1'],
    ['password', 'plg_x'],
    ['role', 'admin'],
    ['query', ['select 1', 'select 2']],
    ['__proto__x', '1'],
  ])('refuses %s = %s', (name, value) => {
    expect(() => sqlRequest({ [name]: value }, 'select 1')).toThrow(expect.objectContaining({ reason: 'SQL_SETTING' }));
  });
});

describe('the key of a client of ClickHouse', () => {
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
  it.each([
    [{ authorization: 'Bearer plg_a' }, 'Bearer plg_a'],
    [{ authorization: basic('default:plg_a') }, 'Bearer plg_a'],
    [{ authorization: basic(':plg_a') }, 'Bearer plg_a'],
    [{ 'x-clickhouse-user': 'default', 'x-clickhouse-key': 'plg_a' }, 'Bearer plg_a'],
    [{ authorization: 'Bearer plg_a', 'x-clickhouse-key': 'plg_b' }, 'Bearer plg_a'],
    [{ authorization: 'Digest x' }, 'Digest x'],
    [{}, undefined],
  ])('%o', (headers, expected) => {
    expect(clickhouseAuthorization(headers)).toBe(expected);
  });
});
