import { AttachmentServiceService } from '@pelagic/proto/crm/capability/v1/attachment';
import { CommentServiceService } from '@pelagic/proto/crm/capability/v1/comment';
import { CustomFieldServiceService } from '@pelagic/proto/crm/capability/v1/custom_field';
import { FileServiceService } from '@pelagic/proto/crm/capability/v1/file';
import { JobServiceService } from '@pelagic/proto/crm/capability/v1/job';
import { LedgerServiceService } from '@pelagic/proto/crm/capability/v1/ledger';
import { MailServiceService } from '@pelagic/proto/crm/capability/v1/mail';
import { ParkedServiceService } from '@pelagic/proto/crm/capability/v1/parked';
import { RecordServiceService } from '@pelagic/proto/crm/capability/v1/record';
import { SeedServiceService } from '@pelagic/proto/crm/capability/v1/seed';
import { TagServiceService } from '@pelagic/proto/crm/capability/v1/tag';
import { SavedViewServiceService } from '@pelagic/proto/crm/capability/v1/view';
import type { Broker } from '@pelagic/chassis/broker';
import type { Consumer } from '@pelagic/chassis/consumer';
import type { Database } from '@pelagic/chassis/database';
import type { Directory } from '@pelagic/chassis/directory';
import type { Identity } from '@pelagic/chassis/identify';
import type { Log } from '@pelagic/chassis/log';
import type { Queue, Work } from '@pelagic/chassis/queue';
import { implement, type Implementation, type Seam } from '@pelagic/chassis/rpc';
import type { Projection } from '@pelagic/chassis/projection';
import type { Command, Part } from '@pelagic/chassis/service';
import { sql } from 'kysely';
import type { Attachments } from './attachment/attach.ts';
import { attachmentHandlers } from './attachment/attachment.handlers.ts';
import { attachedFile, attachmentNoun } from './attachment/attachment.ts';
import { deliverTo, openAuditTrail } from './audit/audit.ts';
import { commentHandlers } from './comment/comment.handlers.ts';
import { commentNoun } from './comment/comment.ts';
import { customFieldHandlers } from './custom-field/custom-field.handlers.ts';
import { dropRetired } from './custom-field/retired.ts';
import { indexWork } from './custom-field/index-work.ts';
import type { NameTables } from './export/run-export.ts';
import type { Wording } from './export/wording.ts';
import type { Bytes } from './file/bytes.ts';
import { fileHandlers, fileWork } from './file/file.handlers.ts';
import { openFiles, type FileStore } from './file/store.ts';
import type { BulkTarget } from './job/bulk-target.ts';
import type { ImportTarget, Lookup } from './job/import-target.ts';
import { openJobs } from './job/job.handlers.ts';
import { exportDays } from './ledger/export-days.ts';
import { ledgerHandlers } from './ledger/ledger.handlers.ts';
import { mailHandlers } from './mail/mail.handlers.ts';
import { mailSender } from './mail/send-mail.ts';
import type { MailPlace } from './mail/render.ts';
import { parkedHandlers } from './parked/parked.handlers.ts';
import { endShares } from './record/end-shares.ts';
import { recordHandlers } from './record/record.handlers.ts';
import { defineNoun, type Noun } from './record/noun.ts';
import { seedHandlers } from './seed/seed.handlers.ts';
import { tagHandlers } from './tag/tag.handlers.ts';
import { tagNoun } from './tag/tag.ts';
import { followOwner, type Following } from './transfer/follow-owner.ts';
import { viewHandlers } from './view/view.handlers.ts';

type Options = {
  service: string;
  database: Database;
  broker: Broker;
  directory: Directory;
  identity: Identity;
  identityAddress: string;
  /** Where the bytes of its files are kept. */
  bytes: Bytes;
  log: Log;
  /** Made after the capabilities, whose work it runs. */
  queue: () => Queue;
  nouns: Noun[];
  following: Following[];
  imports: ImportTarget[];
  /** How exports write fields that no file brings in, by noun. */
  wordings: Readonly<Record<string, Wording[]>>;
  bulk: BulkTarget[];
  /** Names of what records refer to, which exports write instead of ids. */
  names?: NameTables;
  /** Copies of other services' nouns, which a command of the admin port builds anew. */
  projections: Projection[];
  /** The service's own consumers beside those of its projections: their parked messages can be driven again. */
  consumers: Consumer[];
  /** How the service writes to people outside; one that writes to nobody leaves it out. */
  mail?: MailPlace & { from: string; smtpUrl: string };
  /** Handlers that demo seeding may call, by full name of their service. */
  seeds: Record<string, Record<string, unknown>>;
};

export type Capabilities = {
  files: FileStore;
  attachments: Attachments;
  parts: Part[];
  works: Work<any>[];
  consumers: Consumer[];
  seam: Seam;
  /** Of the admin port. */
  commands: Record<string, Command>;
  implementations: () => Implementation[];
};

/** People of the directory as imports name them; only the past may name those who left. */
const employeeLookup =
  (directory: Directory): Lookup =>
  async (text, { caller, history }) =>
    (await directory.find(text, caller))
      .filter(({ active }) => active || history)
      .map(({ id, name }) => ({ id, name }));

const departmentLookup =
  (directory: Directory): Lookup =>
  (text, { caller }) =>
    directory.departmentNamed(text, caller);

/** Everybody who is signed in may know that a definition changed; which of them they see is the list's question. */
const customField = defineNoun({
  noun: 'custom_field',
  search: { open: [], guarded: [] },
  reach: () => sql<boolean>`true`,
});

/** The queue exists only once its works are known. */
const later = (queue: () => Queue): Queue => ({
  name: 'queue',
  start: () => queue().start(),
  stop: () => queue().stop(),
  send: (...args) => queue().send(...args),
});

/** Everything that a service with records of its own can do with them, mounted at once. */
export const mountCapabilities = (options: Options): Capabilities => {
  const { service, database, broker, directory, identity, log, nouns, imports, wordings, bulk, seeds } = options;
  const audit = openAuditTrail({
    service,
    database,
    log,
    deliver: deliverTo(options.identityAddress, identity.serviceToken),
  });
  const queue = later(options.queue);
  const files = openFiles({ service, database, bytes: options.bytes });
  const follow = followOwner({ service, database, nouns: options.following, queue: () => queue });
  const lookups = {
    employee: employeeLookup(directory),
    department: departmentLookup(directory),
  };
  const jobs = openJobs({
    service,
    database,
    queue,
    files,
    identity,
    audit,
    nouns,
    imports,
    wordings,
    bulk,
    lookups,
    names: { employee: 'directory_employee', department: 'directory_department', tag: 'tag', ...options.names },
  });
  const projections = [...directory.projections, ...options.projections];
  const consumers = [...projections.map(({ consumer }) => consumer), ...options.consumers, follow.consumer];
  const mailing = options.mail ? [mailSender({ database, log, ...options.mail })] : [];
  const prune = (type: string, answer: unknown) => dropRetired(database.sql, type, answer);
  const comment = commentNoun(service, nouns);
  const tag = tagNoun(service);
  const attachments: Attachments = { noun: attachmentNoun(service, nouns), nouns, files };
  const seam: Seam = { log, identify: identity.identify, prune, audit: audit.seam };
  return {
    files,
    attachments,
    parts: [audit.part, endShares({ service, database, nouns, log }), exportDays({ database, files, log }), ...mailing],
    works: [...jobs.works, indexWork(database), fileWork(files), follow.work],
    consumers,
    seam,
    commands: Object.fromEntries(
      projections.map(({ name, rebuild }) => [`/rebuild/${name}`, async () => ({ records: await rebuild() })]),
    ),
    implementations: () => [
      implement(
        seam,
        RecordServiceService,
        recordHandlers({ database, nouns: [...nouns, customField, tag, comment, attachments.noun], audit }),
      ),
      implement(seam, CommentServiceService, commentHandlers({ service, database, directory, noun: comment, nouns })),
      implement(seam, AttachmentServiceService, attachmentHandlers({ ...attachments, database })),
      implement(seam, CustomFieldServiceService, customFieldHandlers({ service, database, queue, nouns })),
      implement(seam, TagServiceService, tagHandlers({ service, database, noun: tag, nouns })),
      implement(seam, SavedViewServiceService, viewHandlers({ database, nouns })),
      implement(
        seam,
        FileServiceService,
        fileHandlers({ database, files, identity, attached: attachedFile(database, attachments.noun) }),
      ),
      implement(seam, JobServiceService, jobs.handlers),
      implement(seam, LedgerServiceService, ledgerHandlers({ service, database, broker })),
      ...(options.mail
        ? [implement(seam, MailServiceService, mailHandlers({ service, database, place: options.mail }))]
        : []),
      implement(seam, ParkedServiceService, parkedHandlers({ service, database, consumers, audit })),
      implement(seam, SeedServiceService, seedHandlers(database, identity.identify, seeds)),
    ],
  };
};
