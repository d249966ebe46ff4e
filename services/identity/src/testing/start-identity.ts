import { readAllowed } from '@pelagic/capabilities/disclosure/receiver';
import { openBytes } from '@pelagic/capabilities/file/bytes';
import { openBroker } from '@pelagic/chassis/broker';
import { closeChannels, connect } from '@pelagic/chassis/client';
import type { Database } from '@pelagic/chassis/database';
import { createLog } from '@pelagic/chassis/log';
import { grpcServer } from '@pelagic/chassis/server';
import type { Part } from '@pelagic/chassis/service';
import { testDatabase } from '@pelagic/chassis/testing/engines';
import { ApiKeyServiceService } from '@pelagic/proto/crm/identity/v1/api_key';
import { AuditServiceService } from '@pelagic/proto/crm/identity/v1/audit';
import { DepartmentServiceService, type Department } from '@pelagic/proto/crm/identity/v1/department';
import { EmployeeServiceService, type Employee } from '@pelagic/proto/crm/identity/v1/employee';
import { EnterpriseServiceService } from '@pelagic/proto/crm/identity/v1/enterprise';
import { PartnerServiceService } from '@pelagic/proto/crm/identity/v1/partner';
import { RoleServiceService, type Role } from '@pelagic/proto/crm/identity/v1/role';
import { CallerServiceService, SessionServiceService, type Bootstrap } from '@pelagic/proto/crm/identity/v1/session';
import { WebhookServiceService } from '@pelagic/proto/crm/identity/v1/webhook';
import { WorkingCalendarServiceService } from '@pelagic/proto/crm/identity/v1/working_calendar';
import { JobServiceService } from '@pelagic/proto/crm/capability/v1/job';
import { RecordServiceService } from '@pelagic/proto/crm/capability/v1/record';
import { SeedServiceService } from '@pelagic/proto/crm/capability/v1/seed';
import { exportJWK, generateKeyPair } from 'jose';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DoorOptions } from '../partner/door.ts';
import { openIdentity, openIdentityDatabase, type Identity } from '../identity.ts';

/** The real service on a database of its own and a free port, for tests. */

export const PASSWORD = 'heron lantern orbit 9';
export const CITY: Bootstrap = {
  name: '管理员甲',
  login: 'Admin',
  email: 'admin@example.com',
  enterpriseName: '远洋科技',
  locale: 'zh-CN',
  timeZone: 'Asia/Shanghai',
  baseCurrency: 'CNY',
  fiscalYearStartMonth: 1,
  region: 'CN',
};

export const SECRETS = { identity: 'own secret', seed: 'seed secret', customer: 'customer secret' };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const clients = (address: string) => ({
  sessions: connect(SessionServiceService, address),
  callers: connect(CallerServiceService, address),
  employees: connect(EmployeeServiceService, address),
  departments: connect(DepartmentServiceService, address),
  roles: connect(RoleServiceService, address),
  keys: connect(ApiKeyServiceService, address),
  partners: connect(PartnerServiceService, address),
  webhooks: connect(WebhookServiceService, address),
  enterprise: connect(EnterpriseServiceService, address),
  calendars: connect(WorkingCalendarServiceService, address),
  audit: connect(AuditServiceService, address),
  records: connect(RecordServiceService, address),
  jobs: connect(JobServiceService, address),
  seeding: connect(SeedServiceService, address),
});

export type TestIdentity = ReturnType<typeof clients> & {
  address: string;
  database: Database;
  identity: Identity;
  /** Makes the enterprise and its administrator. */
  bootstrap: (asked?: Partial<Bootstrap>) => Promise<void>;
  /** Session token of somebody who signs in. */
  signIn: (login: string, password?: string) => Promise<string>;
  /** Call options with a fresh caller token of a session. */
  as: (sessionToken: string) => Promise<{ token: string }>;
  service: (name: 'customer') => Promise<{ token: string }>;
  /** Events of a record in the order of its versions. */
  events: (
    recordId: string,
  ) => Promise<{ type: string; sequence: string; actorid: string; businessdate: string; reason?: string; data: any }[]>;
  /** What an administrator does so that somebody can sign in. */
  invite: (admin: string, employee: Partial<Employee>, password?: string) => Promise<Employee>;
  /** A command of the admin port. */
  command: (path: string, headers: Record<string, string>) => Promise<any>;
  stop: () => Promise<void>;
};

/** A whole message of what a test cares about. */
export const anEmployee = (fields: Partial<Employee>): Employee => ({ ...EMPTY_EMPLOYEE, ...fields });
const EMPTY_EMPLOYEE: Employee = {
  id: '',
  version: 0,
  name: '',
  extension: '',
  title: '',
  departmentId: '',
  extraDepartmentIds: [],
  roleIds: [],
  state: 'EMPLOYEE_STATE_UNSPECIFIED',
  locale: '',
  timeZone: '',
  pinyin: '',
  placements: [],
  externalId: '',
  createTime: undefined,
  updateTime: undefined,
};
export const aDepartment = (fields: Partial<Department>): Department => ({ ...EMPTY_DEPARTMENT, ...fields });
const EMPTY_DEPARTMENT: Department = {
  id: '',
  version: 0,
  name: '',
  code: '',
  costCenter: '',
  placements: [],
  externalId: '',
  createTime: undefined,
  updateTime: undefined,
};

export const aRole = (fields: Partial<Role>): Role => ({
  id: '',
  version: 0,
  name: '',
  description: '',
  permissions: [],
  fields: [],
  builtIn: false,
  createTime: undefined,
  updateTime: undefined,
  ...fields,
});

export const tokenOf = (url: string): string => url.slice(url.indexOf('#') + 1);

/** `owners`: addresses of services whose records have owners; `door`: of the bus that partners come through. */
export const startIdentity = async (
  name: string,
  owners: Record<string, string> = {},
  door?: DoorOptions,
): Promise<TestIdentity> => {
  const { url, drop } = await testDatabase(name);
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const filesDir = await mkdtemp(join(tmpdir(), 'pelagic-files-'));
  const database = await openIdentityDatabase(url);
  const identity = await openIdentity({
    database,
    // Never started: nothing here asks for what only the bus can tell.
    broker: openBroker({ url: '', user: '', password: '', log: createLog('identity', 'silent') }),
    databaseUrl: url,
    bytes: openBytes({ FILES_DIR: filesDir }),
    log: createLog('identity', 'silent'),
    signingKey: { ...(await exportJWK(privateKey)), alg: 'EdDSA' },
    tokenKeys: { keys: [{ ...(await exportJWK(publicKey)), alg: 'EdDSA' }] },
    serviceSecrets: Object.fromEntries(Object.entries(SECRETS).map(([service, secret]) => [service, sha256(secret)])),
    publicUrl: 'http://crm.test',
    owners,
    demo: true,
    webhooks: { key: 'webhook key', allowed: readAllowed('127.0.0.1') },
    ...(door && { door }),
  });
  const server = grpcServer({
    host: '127.0.0.1',
    port: 0,
    implementations: identity.implementations,
  });
  const parts: Part[] = [database, ...identity.parts, server];
  for (const part of parts) await part.start();
  const address = `127.0.0.1:${server.port()}`;
  const of = clients(address);
  const command = (path: string, headers: Record<string, string>): Promise<any> => identity.commands[path]!(headers);
  const as = async (sessionToken: string) => {
    const { callerToken } = await of.callers.authenticate({
      credential: { $case: 'sessionToken', value: sessionToken },
      remoteAddress: '192.0.2.1',
    });
    return { token: callerToken };
  };
  return {
    ...of,
    address,
    database,
    identity,
    command,
    bootstrap: async (asked = {}) => {
      const { url: link } = await command('/bootstrap-link', { 'x-service-secret': SECRETS.identity });
      await of.sessions.redeemLink({ token: tokenOf(link), newPassword: PASSWORD, bootstrap: { ...CITY, ...asked } });
    },
    signIn: async (login, password = PASSWORD) =>
      (await of.sessions.signIn({ login, password, remoteAddress: '192.0.2.1', userAgent: 'test' })).sessionToken,
    as,
    events: async (recordId) =>
      (
        await database.sql
          .selectFrom('outbox')
          .select('event')
          .where('record_id', '=', recordId)
          .orderBy('seq')
          .execute()
      ).map(({ event }) => event as never),
    service: async (service) => ({
      token: (await of.callers.issueServiceToken({ service, secret: SECRETS[service] })).callerToken,
    }),
    invite: async (admin, fields, password = PASSWORD) => {
      const { employee } = await of.employees.createEmployee(
        { employee: anEmployee(fields), fromDate: '', requestId: '' },
        await as(admin),
      );
      const { url: link } = await of.employees.createResetLink({ id: employee!.id }, await as(admin));
      await of.sessions.redeemLink({ token: tokenOf(link), newPassword: password, bootstrap: undefined });
      return (await of.employees.getEmployee({ id: employee!.id }, await as(admin))).employee!;
    },
    stop: async () => {
      closeChannels();
      for (const part of parts.toReversed()) await part.stop();
      await drop();
      await rm(filesDir, { recursive: true, force: true });
    },
  };
};
