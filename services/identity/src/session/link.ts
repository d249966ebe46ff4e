import type { Tx } from '@pelagic/chassis/database';
import { refused } from '@pelagic/chassis/problem';
import { sql, type Kysely } from 'kysely';
import { hashOf, newSecret } from './secret.ts';

/** A link is good once and for a day. */
const LINK_MS = 86_400_000;

export type Purpose = 'reset' | 'bootstrap';
export type Link = {
  id: string;
  purpose: Purpose;
  employee_id: string | null;
  login: string | null;
  name: string | null;
  state: string | null;
};

/** After the #, which browsers do not send: no log on the way can keep the token. */
const urlOf = (publicUrl: string, token: string): string => `${publicUrl.replace(/\/$/, '')}/link#${token}`;

/** Makes a link and takes back earlier ones for the same. The URL is shown once. */
export const createLink = async (
  tx: Tx,
  publicUrl: string,
  purpose: Purpose,
  employeeId?: string,
): Promise<{ url: string; expireTime: string }> => {
  await sql`update one_time_link set expire_time = now() where used_time is null and expire_time > now() and purpose = ${purpose} and employee_id is not distinct from ${employeeId ?? null}::uuid`.execute(
    tx.sql,
  );
  const token = newSecret();
  const expireTime = new Date(Date.now() + LINK_MS).toISOString();
  await sql`insert into one_time_link (purpose, employee_id, token_hash, expire_time) values (${purpose}, ${employeeId ?? null}, ${hashOf(token)}, ${expireTime})`.execute(
    tx.sql,
  );
  return { url: urlOf(publicUrl, token), expireTime };
};

const linkGone = () => refused('LINK_GONE', 'This link was used already or is too old. Ask for a new one.');

/** The link of a token, while it is good. Refuses one that was used, taken back or is too old. */
export const findLink = async (db: Kysely<any>, token: string): Promise<Link> => {
  const { rows } = await sql<Link>`
    select link.id, link.purpose, link.employee_id, employee.login, employee.name, employee.state from one_time_link link left join employee on employee.id = link.employee_id
    where link.token_hash = ${hashOf(token)} and link.used_time is null and link.expire_time > now()`.execute(db);
  if (!rows[0]) throw linkGone();
  return rows[0];
};

/** Uses the link up: of two at once, one is refused. */
export const useLink = async (tx: Tx, id: string): Promise<void> => {
  const { rows } =
    await sql`update one_time_link set used_time = now() where id = ${id} and used_time is null and expire_time > now() returning id`.execute(
      tx.sql,
    );
  if (!rows.length) throw linkGone();
};
