import { sql, type Kysely } from 'kysely';
import { BlockList, isIP } from 'node:net';
import { beginDate } from '../employee/employment.ts';
import { hashOf } from '../session/secret.ts';

export type FoundApiKey = {
  id: string;
  employee_id: string;
  state: string;
  begin_date: string;
  allowed_addresses: string[];
  rate_limit_per_minute: number;
  policy_version: string;
  time_zone: string;
  locale: string;
};

/** The good key of a secret, with what a caller token needs. */
export const findApiKey = async (db: Kysely<any>, secret: string): Promise<FoundApiKey | undefined> => {
  const { rows } = await sql<FoundApiKey>`
    select api_key.id, api_key.employee_id, employee.state, ${beginDate} as begin_date, api_key.allowed_addresses, api_key.rate_limit_per_minute, policy.version as policy_version, enterprise.time_zone,
      coalesce(nullif(employee.locale, ''), enterprise.locale) as locale
    from api_key join employee on employee.id = api_key.employee_id cross join policy cross join enterprise
    where api_key.key_hash = ${hashOf(secret)} and api_key.revoke_time is null and (api_key.expire_time is null or api_key.expire_time > now())`.execute(
    db,
  );
  return rows[0];
};

/** Keeps the last use, to the minute. */
export const touchApiKey = async (db: Kysely<any>, id: string): Promise<void> => {
  await sql`update api_key set last_used_time = now() where id = ${id} and (last_used_time is null or last_used_time < now() - interval '1 minute')`.execute(
    db,
  );
};

const family = (address: string): 'ipv4' | 'ipv6' | undefined =>
  ({ 4: 'ipv4', 6: 'ipv6' })[isIP(address)] as 'ipv4' | 'ipv6' | undefined;

/** IPv4 in the clothes of IPv6 (::ffff:10.0.0.1) is IPv4. */
const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

/** Is this an address or a network in CIDR notation? */
export const isNetwork = (text: string): boolean => {
  const [address = '', bits, ...rest] = text.split('/');
  const kind = family(address);
  if (!kind || rest.length) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (kind === 'ipv4' ? 32 : 128));
};

/** An empty list allows every address. */
export const isAllowedFrom = (networks: string[], remoteAddress: string): boolean => {
  if (!networks.length) return true;
  const address = plainAddress(remoteAddress);
  const kind = family(address);
  if (!kind) return false;
  const list = new BlockList();
  for (const network of networks) {
    const [base = '', bits] = network.split('/');
    const of = family(base);
    if (of && bits === undefined) list.addAddress(base, of);
    else if (of) list.addSubnet(base, Number(bits), of);
  }
  return list.check(address, kind);
};
