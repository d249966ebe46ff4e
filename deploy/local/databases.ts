import pg from 'pg';
import { Failure } from './failure.ts';

/**
 * Makes a role and a database of the same name for each owner that has none yet. Nobody else may connect to it: services
 * do not share tables. `onCreate` is called before it makes the first. Also asserts what the cluster was made with.
 */
export async function ensureDatabases(
  adminUrl: string,
  passwords: Record<string, string>,
  onCreate = () => {},
): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await assertUnicode(client);
    const { rows } = await client.query<{ datname: string }>('select datname from pg_database');
    const known = new Set(rows.map(({ datname }) => datname));
    const missing = Object.entries(passwords).filter(([name]) => !known.has(name));
    if (missing.length > 0) onCreate();
    for (const [name, password] of missing) await create(client, name, password);
  } finally {
    await client.end();
  }
}

async function create(client: pg.Client, name: string, password: string): Promise<void> {
  const role = client.escapeIdentifier(name);
  const roles = await client.query('select 1 from pg_roles where rolname = $1', [name]);
  const verb = roles.rowCount === 0 ? 'create' : 'alter'; // it exists when the last start was cut short here
  await client.query(`${verb} role ${role} login password ${client.escapeLiteral(password)}`);
  await client.query(`create database ${role} owner ${role}`);
  await client.query(`revoke connect, temporary on database ${role} from public`);
}

async function assertUnicode(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ encoding: string; ctype: string }>(
    'select pg_encoding_to_char(encoding) as encoding, datctype as ctype from pg_database where datname = current_database()',
  );
  const { encoding, ctype } = rows[0] ?? {};
  if (encoding === 'UTF8' && ctype === 'C.UTF-8') return;
  throw new Failure(
    `The database was made with encoding ${encoding} and character type ${ctype}, not UTF8 and C.UTF-8: Chinese text could not be searched.`,
    'Start over with `npm run reset` (this deletes the data).',
  );
}
