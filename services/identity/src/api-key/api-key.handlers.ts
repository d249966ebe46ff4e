import type { Message, Row } from '@pelagic/capabilities/record/mapping';
import { newFields } from '@pelagic/capabilities/record/fields';
import { insertRecord } from '@pelagic/capabilities/record/records';
import { invalidField } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import type { ApiKeyServiceService } from '@pelagic/proto/crm/identity/v1/api_key';
import { sql } from 'kysely';
import { administer } from '../audit/audit.ts';
import { narrowed, permissionsOf } from '../grants/grants.ts';
import { rolesOf } from '../grants/grants.queries.ts';
import type { IdentityService } from '../identity-service.ts';
import { refuseBeyond } from '../role/role.ts';
import {
  apiKey,
  apiKeyMessage,
  checkApiKey,
  newKey,
  refuseWhatOwnerLacks,
  revokeKey,
  type ApiKeyRow,
} from './api-key.ts';

export const apiKeyHandlers = ({ database }: IdentityService): Handlers<ApiKeyServiceService> => ({
  createApiKey: ({ apiKey: message }, caller) =>
    administer(database, 'create_api_key', async (tx) => {
      const row = (await newFields(tx, apiKey, message as unknown as Message, caller)) as unknown as ApiKeyRow;
      checkApiKey(row);
      const { rows } = await sql<{
        role_ids: string[];
        state: string;
      }>`select role_ids, state from employee where id = ${row.employee_id}`.execute(tx.sql);
      const [owner] = rows;
      if (owner?.state !== 'EMPLOYEE_STATE_ACTIVE')
        throw invalidField('apiKey.employeeId', 'EMPLOYEE_NOT_ACTIVE', 'There is no such active employee.');
      const owners = permissionsOf(await rolesOf(tx.sql, owner.role_ids));
      refuseWhatOwnerLacks(row, owners);
      refuseBeyond(caller, narrowed(owners, row.permissions));
      const { key, prefix, hash } = newKey();
      const created = await insertRecord<ApiKeyRow>(
        tx,
        apiKey,
        { ...(row as unknown as Row), prefix, key_hash: hash },
        caller,
      );
      return { apiKey: apiKeyMessage(created), secret: key };
    }),
  listApiKeys: async () => {
    const { rows } = await sql<ApiKeyRow>`select * from api_key order by create_time desc limit 1000`.execute(
      database.sql,
    );
    return { apiKeys: rows.map(apiKeyMessage) };
  },
  revokeApiKey: async ({ id }, caller) => ({
    apiKey: apiKeyMessage(await administer(database, 'revoke_api_key', (tx) => revokeKey(tx, id, caller))),
  }),
});
