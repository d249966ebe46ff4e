import { openAuditTrail } from '@pelagic/capabilities/audit/audit';
import { CAPABILITY_MIGRATIONS } from '@pelagic/capabilities/migrations';
import { parkedHandlers } from '@pelagic/capabilities/parked/parked.handlers';
import { recordHandlers } from '@pelagic/capabilities/record/record.handlers';
import { seedHandlers } from '@pelagic/capabilities/seed/seed.handlers';
import { viewHandlers } from '@pelagic/capabilities/view/view.handlers';
import { openDatabase, type Database } from '@pelagic/chassis/database';
import { grantsOf, identifier, type LoadGrants } from '@pelagic/chassis/identify';
import type { Log } from '@pelagic/chassis/log';
import { Problem } from '@pelagic/chassis/problem';
import { implement, type Implementation, type Seam } from '@pelagic/chassis/rpc';
import type { Part } from '@pelagic/chassis/service';
import { ParkedServiceService } from '@pelagic/proto/crm/capability/v1/parked';
import { RecordServiceService } from '@pelagic/proto/crm/capability/v1/record';
import { SeedServiceService } from '@pelagic/proto/crm/capability/v1/seed';
import { SavedViewServiceService } from '@pelagic/proto/crm/capability/v1/view';
import { ApiKeyServiceService } from '@pelagic/proto/crm/identity/v1/api_key';
import { AuditServiceService } from '@pelagic/proto/crm/identity/v1/audit';
import { DepartmentServiceService } from '@pelagic/proto/crm/identity/v1/department';
import { EmployeeServiceService } from '@pelagic/proto/crm/identity/v1/employee';
import { EnterpriseServiceService } from '@pelagic/proto/crm/identity/v1/enterprise';
import { RoleServiceService } from '@pelagic/proto/crm/identity/v1/role';
import { CallerServiceService, SessionServiceService } from '@pelagic/proto/crm/identity/v1/session';
import { importJWK, type JSONWebKeySet, type JWK } from 'jose';
import { apiKeyHandlers } from './api-key/api-key.handlers.ts';
import { apiKey } from './api-key/api-key.ts';
import { auditHandlers, takeEntries } from './audit/audit.handlers.ts';
import { unwritten } from './audit/refusals.ts';
import { bootstrapLink } from './bootstrap/bootstrap.ts';
import { departmentHandlers } from './department/department.handlers.ts';
import { department } from './department/department.ts';
import { employeeHandlers } from './employee/employee.handlers.ts';
import { employee } from './employee/employee.ts';
import { enterpriseHandlers } from './enterprise/enterprise.handlers.ts';
import { enterprise, exchangeRate } from './enterprise/enterprise.ts';
import { readGrants } from './grants/grants.queries.ts';
import { dayOfVersion } from './grants/policy.ts';
import type { IdentityService } from './identity-service.ts';
import { roleHandlers } from './role/role.handlers.ts';
import { role } from './role/role.ts';
import { seedToken } from './seed/seed.ts';
import { callerHandlers } from './session/caller.handlers.ts';
import { openPasswords } from './session/password.ts';
import { isSecret } from './session/secret.ts';
import { sessionHandlers } from './session/session.handlers.ts';
import { signInGuard } from './session/sign-in-guard.ts';
import { upkeep } from './upkeep/upkeep.ts';

export const openIdentityDatabase = (url: string): Promise<Database> =>
  openDatabase({
    url,
    entities: [],
    migrations: [
      CAPABILITY_MIGRATIONS,
      { name: '9-identity', url: new URL('../migrations/', import.meta.url) },
    ],
  });

type Commands = Record<string, (headers: Record<string, unknown>) => Promise<unknown>>;

export type Identity = { service: IdentityService; implementations: () => Implementation[]; parts: Part[]; commands: Commands };

type Options = {
  database: Database;
  log: Log;
  signingKey: JWK;
  tokenKeys: JSONWebKeySet;
  serviceSecrets: Record<string, string>;
  publicUrl: string;
  /** Lets the demo generator act on a simulated clock. */
  demo: boolean;
};

/** Other services ask for grants by gRPC; identity asks itself. */
const ownGrants = (database: Database): LoadGrants => async ({ employeeId, grantsVersion, apiKeyId }) =>
  grantsOf(await readGrants(database.sql, { employeeId, apiKeyId, version: grantsVersion, day: dayOfVersion(grantsVersion) ?? '' }));

const header = (headers: Record<string, unknown>, name: string): string => String(headers[name] ?? '');

/** For who has the secret of the service; the port is not for the public. */
const commandsOf = (service: IdentityService, demo: boolean): Commands => {
  const guarded = (name: string, work: (headers: Record<string, unknown>) => Promise<unknown>) => async (headers: Record<string, unknown>) => {
    if (!isSecret(header(headers, 'x-service-secret'), service.serviceSecrets[name])) throw new Problem('UNAUTHENTICATED', 'SERVICE_REFUSED', 'This service could not prove itself.');
    return work(headers);
  };
  return {
    '/bootstrap-link': guarded('identity', () => bootstrapLink(service)),
    ...(demo && { '/seed-token': guarded('seed', (headers) => seedToken(service, { login: header(headers, 'x-login'), clock: header(headers, 'x-clock'), day: header(headers, 'x-day') })) }),
  };
};

/** Everything of identity but its database, bus and port. */
export const openIdentity = async ({ database, log, signingKey, tokenKeys, serviceSecrets, publicUrl, demo }: Options): Promise<Identity> => {
  const service: IdentityService = {
    database,
    log,
    passwords: await openPasswords(),
    guard: signInGuard(database),
    signingKey: (await importJWK(signingKey, 'EdDSA')) as CryptoKey,
    tokenKeys,
    serviceSecrets,
    publicUrl,
  };
  const trail = openAuditTrail({ service: 'identity', database, deliver: (entries) => takeEntries(database, entries), log });
  const identify = identifier(tokenKeys, ownGrants(database));
  const seam: Seam = { log, identify, audit: unwritten(trail.seam) };
  const nouns = [employee, department, role, enterprise, exchangeRate, apiKey];
  const own = {
    sessions: sessionHandlers(service),
    employees: employeeHandlers(service),
    departments: departmentHandlers(service),
    roles: roleHandlers(service),
    enterprise: enterpriseHandlers(service),
  };
  /** What the demo generator does here. */
  const seeded = {
    'crm.identity.v1.SessionService': own.sessions,
    'crm.identity.v1.EmployeeService': own.employees,
    'crm.identity.v1.DepartmentService': own.departments,
    'crm.identity.v1.RoleService': own.roles,
    'crm.identity.v1.EnterpriseService': own.enterprise,
  };
  return {
    service,
    implementations: () => [
      implement(seam, SessionServiceService, own.sessions),
      implement(seam, CallerServiceService, callerHandlers(service)),
      implement(seam, EmployeeServiceService, own.employees),
      implement(seam, DepartmentServiceService, own.departments),
      implement(seam, RoleServiceService, own.roles),
      implement(seam, EnterpriseServiceService, own.enterprise),
      implement(seam, ApiKeyServiceService, apiKeyHandlers(service)),
      implement(seam, AuditServiceService, auditHandlers(service)),
      implement(seam, RecordServiceService, recordHandlers({ database, nouns, audit: trail })),
      implement(seam, SavedViewServiceService, viewHandlers({ database, nouns })),
      implement(seam, ParkedServiceService, parkedHandlers({ service: 'identity', database, consumers: [], audit: trail })),
      ...(demo ? [implement(seam, SeedServiceService, seedHandlers(database, identify, seeded))] : []),
    ],
    parts: [trail.part, upkeep(service)],
    commands: commandsOf(service, demo),
  };
};
