import {
  FileHead,
  type DownloadFileResponse,
  type FileServiceService,
  type UploadFileRequest,
} from '@pelagic/proto/crm/capability/v1/file';
import { validate } from '@pelagic/proto/validate';
import type { Caller } from '@pelagic/chassis/caller';
import type { Database } from '@pelagic/chassis/database';
import type { Identity } from '@pelagic/chassis/identify';
import { invalid, invalidField, notFound, Problem } from '@pelagic/chassis/problem';
import type { Work } from '@pelagic/chassis/queue';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql } from 'kysely';
import type { AttachedFile } from '../attachment/attachment.ts';
import { checkAttachmentName, checkTableName } from './file-name.ts';
import { sendFile } from './send-file.ts';
import type { FileStore } from './store.ts';

/** Bytes of one file, and files of one person within an hour that nothing came of yet. */
const LIMITS = {
  upload: { name: checkTableName, maxBytes: 50 * 1024 * 1024, waiting: 100 },
  attachment: { name: checkAttachmentName, maxBytes: 25 * 1024 * 1024, waiting: 200 },
};
/** A download is asked this often whether its reader may still be here. */
const CHECK_MS = 2_000;

type Options = {
  database: Database;
  files: FileStore;
  identity: Identity;
  /** The file of an attachment that the caller may have; left out where nothing is attached to. */
  attached?: (id: string, caller: Caller) => Promise<AttachedFile | undefined>;
};

const headOf = async (requests: AsyncIterator<UploadFileRequest>): Promise<FileHead> => {
  const first = await requests.next();
  if (first.done || first.value.part?.$case !== 'head')
    throw invalidField('head', 'REQUIRED', 'The head of the file comes first.');
  const head = first.value.part.value;
  const errors = validate('crm.capability.v1.FileHead', FileHead.toJSON(head));
  if (errors.length) throw invalid(...errors);
  return head;
};

async function* chunksOf(requests: AsyncIterator<UploadFileRequest>): AsyncGenerator<Uint8Array> {
  for (let next = await requests.next(); !next.done; next = await requests.next()) {
    const { part } = next.value;
    if (part?.$case !== 'chunk') throw invalidField('chunk', 'REQUIRED', 'After the head come bytes only.');
    yield part.value;
  }
}

const signedInEmployee = ({ kind, id }: Caller): string => {
  if (kind === 'service' || kind === 'public')
    throw new Problem('PERMISSION_DENIED', 'PERMISSION_DENIED', 'Files belong to people.');
  return id;
};

const refuseHoarding = async (database: Database, ownerId: string, purpose: keyof typeof LIMITS): Promise<void> => {
  const { rows } = await sql<{ n: string }>`
    select count(*) as n from file where owner_id = ${ownerId}::uuid and purpose = ${purpose}
      and create_time > now() - interval '1 hour' and expire_time < 'infinity'`.execute(database.sql);
  if (Number(rows[0]?.n) >= LIMITS[purpose].waiting)
    throw new Problem(
      'RESOURCE_EXHAUSTED',
      'TOO_MANY_UPLOADS',
      'You have uploaded many files within the hour. Try again later.',
    );
};

/** What a service keeps on no record is taken by none. */
const purposeOf = ({ purpose }: FileHead, { attached }: Options): keyof typeof LIMITS => {
  if (purpose !== 'FILE_PURPOSE_ATTACHMENT') return 'upload';
  if (!attached) throw invalidField('purpose', 'UNKNOWN_VALUE', 'Nothing here has attachments.');
  return 'attachment';
};

/** What the caller may have now: their own tables, and what hangs on a record that they may read. */
const mine = async ({ files, attached }: Options, id: string, caller: Caller): Promise<AttachedFile> => {
  const file = await files.find(id);
  if (file?.owner_id === caller.id) return file;
  const hanging = await attached?.(id, caller);
  if (!hanging) throw notFound('file');
  return hanging;
};

export const fileHandlers = (options: Options): Handlers<FileServiceService> => ({
  uploadFile: async (stream, caller) => {
    const ownerId = signedInEmployee(caller);
    const requests = stream[Symbol.asyncIterator]();
    const head = await headOf(requests);
    const purpose = purposeOf(head, options);
    const limits = LIMITS[purpose];
    const name = limits.name(head.name);
    await refuseHoarding(options.database, ownerId, purpose);
    const { maxBytes } = limits;
    const { id, size, sha256 } = await options.files.keep({ name, ownerId, purpose, maxBytes }, chunksOf(requests));
    return { id, name, size, sha256 };
  },

  downloadFile: async function* ({ service, id }, caller): AsyncGenerator<DownloadFileResponse> {
    const file = await mine(options, id, caller);
    const session = caller.sessionId || caller.apiKeyId;
    let checked = Date.now();
    const head = { service, name: file.name, mediaType: file.media_type, size: file.size };
    yield* sendFile(head, await options.files.open(id), async () => {
      if (Date.now() - checked < CHECK_MS) return;
      await options.identity.jobToken(caller.id, session);
      checked = Date.now();
    });
  },
});

/** Forgets files that have expired, every hour. */
export const fileWork = (files: FileStore): Work<object> => ({
  queue: 'file_clean',
  schedule: '17 * * * *',
  run: () => files.clean(),
});
