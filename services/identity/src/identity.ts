import type { Bytes } from '@pelagic/capabilities/file/bytes';
import { CAPABILITY_MIGRATIONS } from '@pelagic/capabilities/migrations';
import { serviceCaller } from '@pelagic/chassis/caller';
import { connect } from '@pelagic/chassis/client';
import type { Broker } from '@pelagic/chassis/broker';
import { openDatabase, type Database } from '@pelagic/chassis/database';
import { grantsOf, identifier, type Identity as Self, type LoadGrants } from '@pelagic/chassis/identify';
import type { Log } from '@pelagic/chassis/log';
import { Problem } from '@pelagic/chassis/problem';
import { openQueue, type Queue } from '@pelagic/chassis/queue';
import { implement, type Implementation } from '@pelagic/chassis/rpc';
import type { Part } from '@pelagic/chassis/service';
import { JobServiceService } from '@pelagic/proto/crm/capability/v1/job';
import { ApiKeyServiceService } from '@pelagic/proto/crm/identity/v1/api_key';
import { AuditServiceService } from '@pelagic/proto/crm/identity/v1/audit';
import { DepartmentServiceService } from '@pelagic/proto/crm/identity/v1/department';
import { EmployeeServiceService } from '@pelagic/proto/crm/identity/v1/employee';
import { EnterpriseServiceService } from '@pelagic/proto/crm/identity/v1/enterprise';
import { PartnerServiceService } from '@pelagic/proto/crm/identity/v1/partner';
import { RoleServiceService } from '@pelagic/proto/crm/identity/v1/role';
import { CallerServiceService, SessionServiceService } from '@pelagic/proto/crm/identity/v1/session';
import { WebhookServiceService } from '@pelagic/proto/crm/identity/v1/webhook';
import { WorkingCalendarServiceService } from '@pelagic/proto/crm/identity/v1/working_calendar';
import { importJWK, type JSONWebKeySet, type JWK } from 'jose';
import { apiKeyHandlers } from './api-key/api-key.handlers.ts';
import { auditHandlers } from './audit/audit.handlers.ts';
import { bootstrapLink } from './bootstrap/bootstrap.ts';
import { departmentHandlers } from './department/department.handlers.ts';
import { employeeHandlers } from './employee/employee.handlers.ts';
import { enterpriseHandlers } from './enterprise/enterprise.handlers.ts';
import { readGrants } from './grants/grants.queries.ts';
import { dayOfVersion } from './grants/policy.ts';
import type { IdentityService } from './identity-service.ts';
import { mountOwn } from './mount.ts';
import { openDoor, type DoorOptions } from './partner/door.ts';
import { partnerHandlers, type Webhooks } from './partner/partner.handlers.ts';
import { roleHandlers } from './role/role.handlers.ts';
import { seedToken } from './seed/seed.ts';
import { issueToken, SERVICE_SECONDS } from './session/caller-token.ts';
import { callerHandlers } from './session/caller.handlers.ts';
import { openPasswords } from './session/password.ts';
import { isSecret } from './session/secret.ts';
import { sessionHandlers } from './session/session.handlers.ts';
import { signInGuard } from './session/sign-in-guard.ts';
import { upkeep } from './upkeep/upkeep.ts';
import { webhookHandlers } from './webhook/webhook.handlers.ts';
import { workingCalendarHandlers } from './working-calendar/working-calendar.handlers.ts';

export const openIdentityDatabase = (url: string): Promise<Database> =>
  openDatabase({
    url,
    entities: [],
    migrations: [CAPABILITY_MIGRATIONS, { name: '9-identity', url: new URL('../migrations/', import.meta.url) }],
  });

type Commands = Record<string, (headers: Record<string, unknown>) => Promise<unknown>>;

export type Identity = {
  service: IdentityService;
  implementations: () => Implementation[];
  parts: Part[];
  commands: Commands;
};

type Options = {
  database: Database;
  broker: Broker;
  databaseUrl: string;
  bytes: Bytes;
  log: Log;
  signingKey: JWK;
  tokenKeys: JSONWebKeySet;
  serviceSecrets: Record<string, string>;
  publicUrl: string;
  /** Services whose records have owners; empty addresses are left out. */
  owners: Record<string, string>;
  /** Lets the demo generator ask for tokens with a simulated clock. */
  demo: boolean;
  /** Lets partners onto the bus; absent where there is none to let them onto. */
  door?: DoorOptions;
  webhooks: Webhooks;
};

/** Other services ask for grants by gRPC; identity asks itself. */
const ownGrants =
  (database: Database): LoadGrants =>
  async ({ employeeId, grantsVersion, apiKeyId }) =>
    grantsOf(
      await readGrants(database.sql, {
        employeeId,
        apiKeyId,
        version: grantsVersion,
        day: dayOfVersion(grantsVersion) ?? '',
      }),
    );

const header = (headers: Record<string, unknown>, name: string): string => String(headers[name] ?? '');

/** For who has the secret of the service; the port is not for the public. */
const commandsOf = (service: IdentityService, demo: boolean): Commands => {
  const guarded =
    (name: string, work: (headers: Record<string, unknown>) => Promise<unknown>) =>
    async (headers: Record<string, unknown>) => {
      if (!isSecret(header(headers, 'x-service-secret'), service.serviceSecrets[name]))
        throw new Problem('UNAUTHENTICATED', 'SERVICE_REFUSED', 'This service could not prove itself.');
      return work(headers);
    };
  return {
    '/bootstrap-link': guarded('identity', () => bootstrapLink(service)),
    ...(demo && {
      '/seed-token': guarded('seed', (headers) =>
        seedToken(service, {
          login: header(headers, 'x-login'),
          clock: header(headers, 'x-clock'),
          day: header(headers, 'x-day'),
        }),
      ),
    }),
  };
};

const openService = async ({
  database,
  log,
  signingKey,
  tokenKeys,
  serviceSecrets,
  publicUrl,
}: Options): Promise<IdentityService> => ({
  database,
  log,
  passwords: await openPasswords(),
  guard: signInGuard(database),
  signingKey: (await importJWK(signingKey, 'EdDSA')) as CryptoKey,
  tokenKeys,
  serviceSecrets,
  publicUrl,
});

/** Everything of identity but its database, bus and port. */
export const openIdentity = async (options: Options): Promise<Identity> => {
  const { database, log } = options;
  const service = await openService(options);
  const callers = callerHandlers(service);
  const self: Self = {
    identify: identifier(options.tokenKeys, ownGrants(database)),
    serviceToken: async () =>
      (await issueToken(service.signingKey, { sub: 'identity', kind: 'service' }, SERVICE_SECONDS)).callerToken,
    jobToken: async (employeeId, sessionId) =>
      (await callers.issueJobToken({ employeeId, sessionId }, serviceCaller('identity'))).callerToken,
  };
  const owners = new Map(
    Object.entries(options.owners).flatMap(([name, address]) =>
      address ? [[name, connect(JobServiceService, address)] as const] : [],
    ),
  );
  const queue: Queue = openQueue({ url: options.databaseUrl, log, works: () => mounted.works });
  const door = options.door && openDoor(service, options.door);
  const own = {
    'crm.identity.v1.SessionService': sessionHandlers(service),
    'crm.identity.v1.EmployeeService': employeeHandlers(service, queue),
    'crm.identity.v1.DepartmentService': departmentHandlers(service),
    'crm.identity.v1.RoleService': roleHandlers(service),
    'crm.identity.v1.EnterpriseService': enterpriseHandlers(service),
    'crm.identity.v1.WorkingCalendarService': workingCalendarHandlers(service),
    'crm.identity.v1.PartnerService': partnerHandlers({
      service,
      changed: () => door?.changed(),
      webhooks: options.webhooks,
    }),
  };
  const mounted = mountOwn({
    service,
    broker: options.broker,
    self,
    bytes: options.bytes,
    queue,
    owners,
    seeds: own,
  });
  const { seam } = mounted;
  return {
    service,
    implementations: () => [
      implement(seam, CallerServiceService, callers),
      implement(seam, SessionServiceService, own['crm.identity.v1.SessionService']),
      implement(seam, EmployeeServiceService, own['crm.identity.v1.EmployeeService']),
      implement(seam, DepartmentServiceService, own['crm.identity.v1.DepartmentService']),
      implement(seam, RoleServiceService, own['crm.identity.v1.RoleService']),
      implement(seam, EnterpriseServiceService, own['crm.identity.v1.EnterpriseService']),
      implement(seam, WorkingCalendarServiceService, own['crm.identity.v1.WorkingCalendarService']),
      implement(seam, PartnerServiceService, own['crm.identity.v1.PartnerService']),
      implement(seam, WebhookServiceService, webhookHandlers({ service, key: options.webhooks.key })),
      implement(seam, ApiKeyServiceService, apiKeyHandlers(service)),
      implement(seam, AuditServiceService, auditHandlers(service)),
      ...mounted.implementations(),
    ],
    parts: [queue, ...mounted.parts, upkeep(service), ...(door?.parts ?? [])],
    commands: commandsOf(service, options.demo),
  };
};
