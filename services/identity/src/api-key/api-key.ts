import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import { changeRecord, type RecordRow } from '@pelagic/capabilities/record/records';
import { may } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import type { Tx } from '@pelagic/chassis/database';
import { invalid, type FieldError } from '@pelagic/chassis/problem';
import type { ApiKey } from '@pelagic/proto/crm/identity/v1/api_key';
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { isPermission } from '../role/catalogue.ts';
import { hashOf, newSecret } from '../session/secret.ts';
import { isNetwork } from './api-key.queries.ts';

export type ApiKeyRow = RecordRow & {
  name: string;
  employee_id: string;
  permissions: string[];
  allowed_addresses: string[];
  expire_time: string | null;
  revoke_time: string | null;
  last_used_time: string | null;
  prefix: string;
  rate_limit_per_minute: number;
};

/** Who may read keys may manage them. The keys of somebody who is suspended are revoked by whoever suspends them. */
export const apiKey = defineNoun({
  noun: 'api_key',
  search: { open: ['name'], guarded: [] },
  reach: (caller, action) => sql<boolean>`${action !== 'read' || may(caller, 'api_key.manage')}::boolean`,
});

export const apiKeyMessage = (row: ApiKeyRow): ApiKey => apiKey.mapping.toMessage(row as Row) as unknown as ApiKey;

/** A new key: `plg_`, eight characters to tell keys apart by, and 256 random bits. Only its hash is kept. */
export const newKey = (): { key: string; prefix: string; hash: Buffer } => {
  const prefix = `plg_${randomBytes(4).toString('hex')}`;
  const key = `${prefix}_${newSecret()}`;
  return { key, prefix, hash: hashOf(key) };
};

/** Refuses unknown permissions, what is no address or network, and an end that is past. */
export const checkApiKey = (row: ApiKeyRow): void => {
  row.name = row.name.normalize('NFKC').trim();
  row.permissions = [...new Set(row.permissions ?? [])];
  row.allowed_addresses = [...new Set((row.allowed_addresses ?? []).map((address) => address.trim()))];
  const errors: FieldError[] = [];
  row.permissions.forEach((permission, index) => {
    if (!isPermission(permission))
      errors.push({
        field: `apiKey.permissions[${index}]`,
        reason: 'UNKNOWN_PERMISSION',
        message: `There is no permission ${permission}.`,
        params: { value: permission },
      });
  });
  row.allowed_addresses.forEach((address, index) => {
    if (!isNetwork(address))
      errors.push({
        field: `apiKey.allowedAddresses[${index}]`,
        reason: 'BAD_ADDRESS',
        message: 'This is neither an IP address nor a network like 10.0.0.0/8.',
        params: { value: address },
      });
  });
  if (row.expire_time && new Date(row.expire_time) <= now())
    errors.push({ field: 'apiKey.expireTime', reason: 'PAST', message: 'The key would have ended already.' });
  if (errors.length) throw invalid(...errors);
};

/** A key never does more than the person it acts as: a permission that they lack would be granted in name only. */
export const refuseWhatOwnerLacks = ({ permissions }: ApiKeyRow, owners: ReadonlyMap<string, unknown>): void => {
  const errors = permissions.flatMap((permission, index): FieldError[] =>
    owners.has(permission)
      ? []
      : [
          {
            field: `apiKey.permissions[${index}]`,
            reason: 'OWNER_LACKS_PERMISSION',
            message: `The person that the key acts as may not do this: ${permission}.`,
            params: { value: permission },
          },
        ],
  );
  if (errors.length) throw invalid(...errors);
};

/** Revoking twice changes nothing. */
export const revokeKey = (tx: Tx, id: string, caller: Caller): Promise<ApiKeyRow> =>
  changeRecord<ApiKeyRow>(tx, apiKey, id, caller, { action: 'manage', verb: 'revoked' }, (row) => {
    row.revoke_time ??= now().toISOString();
  });

/** All keys that act as a person who may no longer act. */
export const revokeKeysOf = async (tx: Tx, employeeId: string, caller: Caller): Promise<void> => {
  const { rows } = await sql<{
    id: string;
  }>`select id from api_key where employee_id = ${employeeId} and revoke_time is null`.execute(tx.sql);
  for (const { id } of rows) await revokeKey(tx, id, caller);
};
