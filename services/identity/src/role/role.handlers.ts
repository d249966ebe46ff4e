import type { Message, Row } from '@pelagic/capabilities/record/mapping';
import { newFields, writablePaths, writeFields } from '@pelagic/capabilities/record/fields';
import { changeRecord, getRecord, insertRecord } from '@pelagic/capabilities/record/records';
import { now } from '@pelagic/chassis/clock';
import type { Tx } from '@pelagic/chassis/database';
import { once } from '@pelagic/chassis/once';
import { invalidField, refused } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import { RoleServiceService } from '@pelagic/proto/crm/identity/v1/role';
import { sql } from 'kysely';
import { administer } from '../audit/audit.ts';
import { refuseWithoutAdministrator } from '../employee/employee.queries.ts';
import { permissionsOf } from '../grants/grants.ts';
import type { IdentityService } from '../identity-service.ts';
import { builtInRoles } from './built-in.ts';
import { permissionsByNoun } from './catalogue.ts';
import { normalizeRole, refuseBeyond, refuseChangedAdministrator, role, roleMessage, type RoleRow } from './role.ts';

const refuseTakenName = async (tx: Tx, { id, name }: RoleRow): Promise<void> => {
  const { rows } =
    await sql`select 1 from role where lower(name) = lower(${name}) and id is distinct from ${id ?? null}::uuid and delete_time is null`.execute(
      tx.sql,
    );
  if (rows.length) throw invalidField('role.name', 'TAKEN', `There is a role ${name} already.`, { value: name });
};

const givenBy = (row: RoleRow) => permissionsOf([{ administrator: false, permissions: row.permissions, fields: [] }]);

export const roleHandlers = ({ database }: IdentityService): Handlers<RoleServiceService> => {
  const answer = async (row: Promise<RoleRow>) => ({ role: roleMessage(await row) });
  return {
    createRole: (request, caller) =>
      administer(database, 'create_role', (tx) =>
        once(tx, caller, RoleServiceService.createRole, request, async () => {
          const message = request.role!;
          const row = {
            ...(await newFields(tx, role, message as unknown as Message, caller)),
            permissions: message.permissions,
            fields: message.fields,
          } as unknown as RoleRow;
          normalizeRole(row);
          refuseBeyond(caller, givenBy(row));
          await refuseTakenName(tx, row);
          return answer(insertRecord<RoleRow>(tx, role, row as unknown as Row, caller));
        }),
      ),
    getRole: ({ id }, caller) => answer(getRecord<RoleRow>(database.sql, role, id, caller, { deleted: false })),
    listRoles: async () => {
      const { rows } =
        await sql<RoleRow>`select * from role where delete_time is null order by array_position(${builtInRoles.map(({ kind }) => kind)}::text[], kind), create_time, name limit 1000`.execute(
          database.sql,
        );
      return { roles: rows.map(roleMessage) };
    },
    updateRole: ({ id, role: message, updateMask }, caller) =>
      answer(
        administer(database, 'update_role', async (tx) => {
          const row = await changeRecord<RoleRow>(
            tx,
            role,
            id,
            caller,
            { action: 'manage', verb: 'updated', version: message!.version },
            async (draft) => {
              // Said in full: an empty mask means all that is set, also once permissions and fields are taken out of it.
              const paths = writablePaths(role, caller, message as unknown as Message, updateMask ?? []);
              const plain = paths.filter((path) => path !== 'permissions' && path !== 'fields');
              refuseChangedAdministrator(draft, paths);
              const before = new Map(givenBy(draft));
              if (plain.length)
                await writeFields(tx, role, draft as unknown as Row, message as unknown as Message, caller, plain);
              if (paths.includes('permissions')) draft.permissions = message!.permissions;
              if (paths.includes('fields')) draft.fields = message!.fields;
              normalizeRole(draft);
              refuseBeyond(
                caller,
                [...givenBy(draft)].filter(([permission, scope]) => before.get(permission) !== scope),
              );
              await refuseTakenName(tx, draft);
            },
          );
          await refuseWithoutAdministrator(tx);
          return row;
        }),
      ),
    deleteRole: async ({ id, version }, caller) => {
      await administer(database, 'delete_role', (tx) =>
        changeRecord<RoleRow>(tx, role, id, caller, { action: 'manage', verb: 'deleted', version }, async (draft) => {
          if (draft.built_in) throw refused('ROLE_BUILT_IN', 'The roles that came with the product stay.');
          const { rows } = await sql<{
            people: string;
          }>`select count(*) as people from employee where role_ids @> array[${id}::text]`.execute(tx.sql);
          const people = Number(rows[0]?.people);
          if (people)
            throw refused('ROLE_IN_USE', `${people} people have this role.`, { params: { people: String(people) } });
          draft.delete_time = now().toISOString();
        }),
      );
      return {};
    },
    listPermissions: async () => ({ nouns: permissionsByNoun() }),
  };
};
