import type { ServiceDefinition } from '@grpc/grpc-js';
import { AttachmentServiceService } from '@pelagic/proto/crm/capability/v1/attachment';
import { CommentServiceService } from '@pelagic/proto/crm/capability/v1/comment';
import { CustomFieldServiceService } from '@pelagic/proto/crm/capability/v1/custom_field';
import { FileServiceService } from '@pelagic/proto/crm/capability/v1/file';
import { JobServiceService } from '@pelagic/proto/crm/capability/v1/job';
import { ParkedServiceService } from '@pelagic/proto/crm/capability/v1/parked';
import { RecordServiceService } from '@pelagic/proto/crm/capability/v1/record';
import { TagServiceService } from '@pelagic/proto/crm/capability/v1/tag';
import { SavedViewServiceService } from '@pelagic/proto/crm/capability/v1/view';
import type { AuditEntry } from '@pelagic/proto/crm/identity/v1/audit';
import { contract, messageType, rpcOfPath } from '@pelagic/proto/contract';
import { registry } from '@pelagic/proto/registry';
import { connect, type Connected } from '@pelagic/chassis/client';
import type { Consumer } from '@pelagic/chassis/consumer';
import { openDatabase, type Database } from '@pelagic/chassis/database';
import type { Identity } from '@pelagic/chassis/identify';
import { createLog } from '@pelagic/chassis/log';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { Problem } from '@pelagic/chassis/problem';
import { openQueue } from '@pelagic/chassis/queue';
import { implement } from '@pelagic/chassis/rpc';
import { grpcServer } from '@pelagic/chassis/server';
import { testCallers, type TestPerson } from '@pelagic/chassis/testing/callers';
import { sql } from 'kysely';
import { openAuditTrail } from '../audit/audit.ts';
import { openBytes } from '../file/bytes.ts';
import { openFiles } from '../file/store.ts';
import { CAPABILITY_MIGRATIONS } from '../migrations.ts';
import { attachmentHandlers } from '../attachment/attachment.handlers.ts';
import { attachedFile, attachmentNoun } from '../attachment/attachment.ts';
import { commentHandlers } from '../comment/comment.handlers.ts';
import { commentNoun } from '../comment/comment.ts';
import { customFieldHandlers } from '../custom-field/custom-field.handlers.ts';
import { dropRetired } from '../custom-field/retired.ts';
import { indexWork } from '../custom-field/index-work.ts';
import { fileHandlers } from '../file/file.handlers.ts';
import { openJobs } from '../job/job.handlers.ts';
import { parkedHandlers } from '../parked/parked.handlers.ts';
import { recordHandlers } from '../record/record.handlers.ts';
import { tagHandlers } from '../tag/tag.handlers.ts';
import { tagNoun } from '../tag/tag.ts';
import { viewHandlers } from '../view/view.handlers.ts';
import {
  department,
  departmentBulk,
  departmentImport,
  departmentLookup,
  employeeLookup,
  lead,
  leadBulk,
  leadImport,
} from './nouns.ts';

const SERVICE = 'customer';
const ACTIONS = [
  'create',
  'read',
  'update',
  'assign',
  'delete',
  'share',
  'export',
  'import',
  'import_history',
  'reveal',
];

export const everything = (scope: TestPerson['permissions'][string] = 'ALL'): TestPerson['permissions'] =>
  Object.fromEntries([
    ...['lead', 'department'].flatMap((noun) => ACTIONS.map((action) => [`${noun}.${action}`, scope])),
    ['custom_field.manage', 'ALL'],
    ['tag.manage', 'ALL'],
    ['parked_message.manage', 'ALL'],
    ['employee.manage', 'ALL'],
  ]);

/** A table with a column for each field of the noun, and those that every record has. */
const createTable = async (database: Database, noun: string): Promise<void> => {
  const columns = messageType(contract.nouns.get(noun)!.message).fields.map(({ name, kind, repeated, map, rules }) => {
    if (name === 'id') return '"id" uuid primary key';
    if (map || kind === 'message') return `"${name}" jsonb not null default '${map ? '{}' : '[]'}'`;
    if (repeated) return `"${name}" text[] not null default '{}'`;
    if (kind === 'timestamp') return `"${name}" timestamptz`;
    if (kind === 'uint32') return `"${name}" int not null default 0`;
    if (rules?.format === 'uuid' || rules?.refersTo) return `"${name}" uuid`;
    return rules?.format === 'date' ? `"${name}" date` : `"${name}" text not null default ''`;
  });
  const more = [
    'owner_id uuid',
    'department_id uuid',
    'creator_id uuid',
    'delete_time timestamptz',
    "search_open text not null default ''",
    "search_guarded text not null default ''",
  ];
  const extra = more.filter((column) => !columns.some((known) => known.startsWith(`"${column.split(' ')[0]}"`)));
  await sql.raw(`create table if not exists ${noun} (${[...columns, ...extra].join(', ')})`).execute(database.sql);
};

type DeepPartial<T> = T extends (infer I)[]
  ? DeepPartial<I>[]
  : T extends object
    ? { [K in keyof T]?: DeepPartial<T[K]> }
    : T;
/** The rpcs of a service with requests that say only what matters. */
type Brief<S extends ServiceDefinition> = {
  [K in keyof Connected<S>]: Connected<S>[K] extends (request: infer Q, ...rest: any[]) => infer A
    ? (request: DeepPartial<Q>) => A
    : never;
};

const brief = <S extends ServiceDefinition>(definition: S, address: string, token: string): Brief<S> => {
  const calls = connect(definition, address) as unknown as Record<
    string,
    (request: unknown, options: object) => unknown
  >;
  return Object.fromEntries(
    Object.entries(calls).map(([name, call]) => {
      const codec = registry.get(rpcOfPath(definition[name]!.path)!.request) as unknown as {
        fromPartial: (request: object) => object;
      };
      return [name, (request: object) => call(codec.fromPartial({ service: SERVICE, ...request }), { token })];
    }),
  ) as Brief<S>;
};

type Options = { url: string; dir: string; consumers?: Consumer[]; works?: boolean };

/** A service with two nouns of the contract, on a database of its own: what every service mounts, and nothing else. */
export const startHost = async ({ url, dir, consumers = [], works = true }: Options) => {
  const log = createLog('test', process.env['TEST_LOG_LEVEL'] ?? 'fatal');
  const database = await openDatabase({ url, entities: [], migrations: [CAPABILITY_MIGRATIONS] });
  await database.start();
  await createTable(database, 'lead');
  await createTable(database, 'department');
  const callers = await testCallers();
  const people = new Map<string, TestPerson>();
  /** Who may no longer act, and whether identity can be asked at all. */
  const state = { gone: new Set<string>(), away: false };
  const identity: Identity = {
    identify: callers.identify,
    serviceToken: () => callers.serviceToken(SERVICE),
    jobToken: async (id) => {
      if (state.away) throw new Problem('UNAVAILABLE', 'UNAVAILABLE', 'No connection established');
      if (state.gone.has(id))
        throw new Problem('PERMISSION_DENIED', 'CALLER_GONE', 'The person who started this may no longer sign in.');
      return (await callers.token({ ...people.get(id)!, id })).token;
    },
  };
  const audited: AuditEntry[] = [];
  const audit = openAuditTrail({
    service: SERVICE,
    database,
    log,
    // What comes again is known already, as identity has it: entries are delivered at least once.
    deliver: async (entries) =>
      void audited.push(...entries.filter(({ id }) => !audited.some((known) => known.id === id))),
  });
  const files = openFiles({ service: SERVICE, database, bytes: openBytes({ FILES_DIR: dir }) });
  const nouns = [lead, department];
  const queue = openQueue({
    url,
    log,
    works: () => (works ? own : own.map((work) => ({ ...work, run: async () => {} }))),
  });
  const jobs = openJobs({
    service: SERVICE,
    database,
    queue,
    files,
    identity,
    audit,
    nouns,
    imports: [leadImport, departmentImport],
    bulk: [leadBulk, departmentBulk],
    lookups: { employee: employeeLookup(database), department: departmentLookup },
    names: { employee: 'directory_employee', department: 'department', tag: 'tag' },
  });
  const own = [...jobs.works, indexWork(database)];
  const prune = (type: string, answer: unknown) => dropRetired(database.sql, type, answer);
  const seam = { log, identify: callers.identify, prune, audit: audit.seam };
  const directory = {
    employee: async (id: string) => {
      const employee = database.sql.selectFrom('directory_employee').select('state').where('id', '=', id);
      const row = await employee.executeTakeFirst();
      return row && { active: row['state'] === 'EMPLOYEE_STATE_ACTIVE' };
    },
  };
  const comments = { service: SERVICE, directory, noun: commentNoun(SERVICE, nouns), nouns };
  const tag = tagNoun(SERVICE);
  const attachments = { noun: attachmentNoun(SERVICE, nouns), nouns, files };
  const server = grpcServer({
    host: '127.0.0.1',
    port: 0,
    implementations: () => [
      implement(
        seam,
        RecordServiceService,
        recordHandlers({ database, nouns: [...nouns, tag, comments.noun, attachments.noun], audit }),
      ),
      implement(seam, CustomFieldServiceService, customFieldHandlers({ service: SERVICE, database, queue, nouns })),
      implement(seam, CommentServiceService, commentHandlers({ ...comments, database })),
      implement(seam, AttachmentServiceService, attachmentHandlers({ ...attachments, database })),
      implement(seam, TagServiceService, tagHandlers({ service: SERVICE, database, noun: tag, nouns })),
      implement(seam, SavedViewServiceService, viewHandlers({ database, nouns })),
      implement(
        seam,
        FileServiceService,
        fileHandlers({ database, files, identity, attached: attachedFile(database, attachments.noun) }),
      ),
      implement(seam, JobServiceService, jobs.handlers),
      implement(seam, ParkedServiceService, parkedHandlers({ service: SERVICE, database, consumers, audit })),
    ],
  });
  await server.start();
  await queue.start();
  const address = () => `127.0.0.1:${server.port()}`;

  const person = async (rights: Partial<TestPerson> = {}, name = '') => {
    const known: TestPerson = { departmentId: uuidv7(), permissions: everything(), ...rights };
    const { id, token } = await callers.token(known);
    people.set(id, known);
    const row = {
      id,
      name: name || `person ${id.slice(-6)}`,
      department_id: known.departmentId!,
      state: 'EMPLOYEE_STATE_ACTIVE',
      placements: '[]',
    };
    await database.sql.insertInto('directory_employee').values(row).execute();
    const as = <S extends ServiceDefinition>(definition: S) => brief(definition, address(), token);
    /** Grants are what identity says; a change is in the next token. */
    const allow = (next: Partial<TestPerson>) => void people.set(id, { ...people.get(id)!, ...next });
    return {
      id,
      token,
      allow,
      jobs: as(JobServiceService),
      records: as(RecordServiceService),
      fields: as(CustomFieldServiceService),
      views: as(SavedViewServiceService),
      comments: as(CommentServiceService),
      tags: as(TagServiceService),
      attachments: as(AttachmentServiceService),
      parked: as(ParkedServiceService),
    };
  };

  return {
    database,
    callers,
    people,
    state,
    audit,
    audited,
    files,
    queue,
    address,
    person,
    /** Runs a job here and now, as the queue would. */
    runJob: (id: string, signal = new AbortController().signal) =>
      jobs.works.find((work) => work.queue === 'job')!.run({ id }, signal),
    stop: async () => {
      await queue.stop();
      await server.stop();
      await database.stop();
    },
  };
};

export type Host = Awaited<ReturnType<typeof startHost>>;
export type HostPerson = Awaited<ReturnType<Host['person']>>;
