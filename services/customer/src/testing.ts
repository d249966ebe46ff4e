import { dropRetired } from '@pelagic/capabilities/custom-field/retired';
import { CAPABILITY_MIGRATIONS } from '@pelagic/capabilities/migrations';
import { numbering } from '@pelagic/capabilities/numbering/numbering';
import { connect, type Connected } from '@pelagic/chassis/client';
import { openDatabase } from '@pelagic/chassis/database';
import { openDirectory } from '@pelagic/chassis/directory';
import { createLog } from '@pelagic/chassis/log';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { implement } from '@pelagic/chassis/rpc';
import { grpcServer } from '@pelagic/chassis/server';
import { testCallers, type TestPerson } from '@pelagic/chassis/testing/callers';
import { testDatabase } from '@pelagic/chassis/testing/engines';
import { ActivityServiceService } from '@pelagic/proto/crm/customer/v1/activity';
import { ContactServiceService } from '@pelagic/proto/crm/customer/v1/contact';
import { CustomerServiceService } from '@pelagic/proto/crm/customer/v1/customer';
import { LeadServiceService } from '@pelagic/proto/crm/customer/v1/lead';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { activityHandlers } from './activity/activity.handlers.ts';
import { openCampaigns } from './campaign/campaigns.ts';
import { contactHandlers } from './contact/contact.handlers.ts';
import { customerHandlers } from './customer/customer.handlers.ts';
import { NUMBER_PREFIXES } from './customer-service.ts';
import { leadHandlers } from './lead/lead.handlers.ts';

/** The service on a database of its own with people whose rights a test decides: real gRPC, no neighbours. */
export const startCustomerService = async () => {
  const { url, drop } = await testDatabase('customer');
  const database = await openDatabase({
    url,
    entities: [],
    migrations: [CAPABILITY_MIGRATIONS, { name: '9-customer', url: new URL('../migrations/', import.meta.url) }],
  });
  await database.start();
  const callers = await testCallers();
  const directory = openDirectory({
    service: 'customer',
    database,
    identityAddress: '127.0.0.1:1',
    token: () => callers.serviceToken('customer'),
  });
  const campaigns = openCampaigns('127.0.0.1:1');
  const service = { database, directory, number: numbering(() => database.aside, NUMBER_PREFIXES), campaigns };
  const prune = (type: string, answer: unknown) => dropRetired(database.sql, type, answer);
  const seam = { log: createLog('test', 'fatal'), identify: callers.identify, prune };
  const server = grpcServer({
    host: '127.0.0.1',
    port: 0,
    implementations: () => [
      implement(seam, LeadServiceService, leadHandlers(service)),
      implement(seam, CustomerServiceService, customerHandlers(service)),
      implement(seam, ContactServiceService, contactHandlers(service)),
      implement(seam, ActivityServiceService, activityHandlers(service)),
    ],
  });
  await server.start();

  /** Somebody who works here, with these rights; known to the directory as the projection would know them. */
  const person = async (rights: TestPerson) => {
    const departmentId = rights.departmentId ?? uuidv7();
    const { id, token } = await callers.token({ ...rights, departmentId });
    await database.sql
      .insertInto('directory_employee')
      .values({
        id,
        name: `person ${id.slice(-4)}`,
        department_id: departmentId,
        state: 'EMPLOYEE_STATE_ACTIVE',
        placements: '[]',
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
    const as = <S extends ServiceDefinition>(definition: S): Connected<S> => {
      const calls = connect(definition, `127.0.0.1:${server.port()}`) as Record<
        string,
        (request: unknown, options?: object) => unknown
      >;
      return Object.fromEntries(
        Object.entries(calls).map(([name, call]) => [
          name,
          (request: unknown, options: object = {}) => call(request, { token, ...options }),
        ]),
      ) as Connected<S>;
    };
    return {
      id,
      departmentId,
      token,
      leads: as(LeadServiceService),
      customers: as(CustomerServiceService),
      contacts: as(ContactServiceService),
      activities: as(ActivityServiceService),
    };
  };

  const events = async (recordId: string): Promise<{ subject: string; version: number; event: any }[]> =>
    (await database.sql
      .selectFrom('outbox')
      .select(['subject', 'version', 'event'])
      .where('record_id', '=', recordId)
      .orderBy('seq')
      .execute()) as never;

  return {
    url,
    service,
    database,
    callers,
    seam,
    person,
    events,
    stop: async () => {
      await server.stop();
      await database.stop();
      await drop();
    },
  };
};

export const LIST = { pageSize: 0, pageToken: '', filter: '', orderBy: '', query: '', deleted: false, count: false };

const ACTIONS = ['create', 'read', 'update', 'assign', 'share', 'delete', 'convert', 'export', 'import', 'reveal'];

/** Every permission on these nouns with one scope. */
export const everything = (
  scope: TestPerson['permissions'][string],
  nouns = ['lead', 'customer', 'contact', 'activity'],
): TestPerson['permissions'] =>
  Object.fromEntries(nouns.flatMap((noun) => ACTIONS.map((action) => [`${noun}.${action}`, scope])));
