import { CAPABILITY_MIGRATIONS } from '@pelagic/capabilities/migrations';
import { numbering } from '@pelagic/capabilities/numbering/numbering';
import { connect, type Connected } from '@pelagic/chassis/client';
import { openDatabase } from '@pelagic/chassis/database';
import { openDirectory } from '@pelagic/chassis/directory';
import { createLog } from '@pelagic/chassis/log';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { openQueue } from '@pelagic/chassis/queue';
import { implement } from '@pelagic/chassis/rpc';
import { grpcServer } from '@pelagic/chassis/server';
import { testCallers, type TestPerson } from '@pelagic/chassis/testing/callers';
import { testDatabase } from '@pelagic/chassis/testing/engines';
import { CampaignServiceService } from '@pelagic/proto/crm/marketing/v1/campaign';
import { LeadFormServiceService, PublicFormServiceService } from '@pelagic/proto/crm/marketing/v1/lead_form';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { campaignHandlers } from './campaign/campaign.handlers.ts';
import { leadFormHandlers } from './lead-form/lead-form.handlers.ts';
import { NUMBER_PREFIXES } from './marketing-service.ts';
import { publicFormHandlers } from './submission/public-form.handlers.ts';

/** The service on a database of its own with people whose rights a test decides: real gRPC, no neighbours. */
export const startMarketingService = async () => {
  const { url, drop } = await testDatabase('marketing');
  const database = await openDatabase({
    url,
    entities: [],
    migrations: [CAPABILITY_MIGRATIONS, { name: '9-marketing', url: new URL('../migrations/', import.meta.url) }],
  });
  await database.start();
  const callers = await testCallers();
  const directory = openDirectory({
    service: 'marketing',
    database,
    identityAddress: '127.0.0.1:1',
    token: () => callers.serviceToken('marketing'),
  });
  const service = { database, directory, number: numbering(() => database.aside, NUMBER_PREFIXES) };
  const log = createLog('test', 'fatal');
  const seam = { log, identify: callers.identify };
  // Tests settle by hand what the queue would settle later.
  const queue = openQueue({ url, log, works: () => [{ queue: 'form-settle', run: async () => {} }] });
  await queue.start();
  const server = grpcServer({
    host: '127.0.0.1',
    port: 0,
    implementations: () => [
      implement(seam, CampaignServiceService, campaignHandlers(service)),
      implement(seam, LeadFormServiceService, leadFormHandlers(service)),
      implement(seam, PublicFormServiceService, publicFormHandlers(database, queue)),
    ],
  });
  await server.start();

  const clients = (token: string) => {
    const as = <S extends ServiceDefinition>(definition: S): Connected<S> => {
      const calls = connect(definition, `127.0.0.1:${server.port()}`) as Record<
        string,
        (request: unknown, options?: object) => unknown
      >;
      return Object.fromEntries(
        Object.entries(calls).map(([name, call]) => [
          name,
          (request: unknown, options: object = {}) => call(request, { token, timeoutMs: 60_000, ...options }),
        ]),
      ) as Connected<S>;
    };
    return {
      campaigns: as(CampaignServiceService),
      forms: as(LeadFormServiceService),
    };
  };

  /** Somebody who works here, with these rights; known to the directory as the projection would know them. */
  const person = async (rights: TestPerson) => {
    const departmentId = rights.departmentId ?? uuidv7();
    const { id, token } = await callers.token({ ...rights, departmentId });
    await database.sql.insertInto('directory_department').values({ id: departmentId, name: 'Marketing' }).execute();
    await database.sql
      .insertInto('directory_employee')
      .values({ id, name: 'Ann', department_id: departmentId, state: 'EMPLOYEE_STATE_ACTIVE', placements: '[]' })
      .execute();
    return { id, departmentId, ...clients(token) };
  };

  const events = async (recordId: string): Promise<string[]> =>
    (
      await database.sql
        .selectFrom('outbox')
        .select('subject')
        .where('record_id', '=', recordId)
        .orderBy('version')
        .execute()
    ).map(({ subject }) => subject as string);

  return {
    database,
    /** Who is not signed in. */
    strangers: connect(PublicFormServiceService, `127.0.0.1:${server.port()}`),
    person,
    events,
    stop: async () => {
      await server.stop();
      await queue.stop();
      await database.stop();
      await drop();
    },
  };
};

const ACTIONS = ['create', 'read', 'update', 'assign', 'share', 'delete'];

export const CAMPAIGNS: TestPerson['permissions'] = Object.fromEntries(
  ACTIONS.map((action) => [`campaign.${action}`, 'ALL' as const]),
);
