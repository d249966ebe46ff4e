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
import { checkFileName } from './file-name.ts';
import type { FileStore } from './store.ts';

export const UPLOAD_MAX_BYTES = 50 * 1024 * 1024;
/** Uploads of one person that are kept at the same time. */
const UPLOADS_MAX = 100;
const CHUNK_BYTES = 256 * 1024;
/** A download is asked this often whether its reader may still be here. */
const CHECK_MS = 2_000;

type Options = { database: Database; files: FileStore; identity: Identity };

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

const refuseHoarding = async (database: Database, ownerId: string): Promise<void> => {
  const { rows } = await sql<{
    n: string;
  }>`select count(*) as n from file where owner_id = ${ownerId}::uuid and purpose = 'upload' and create_time > now() - interval '1 hour'`.execute(
    database.sql,
  );
  if (Number(rows[0]?.n) >= UPLOADS_MAX)
    throw new Problem(
      'RESOURCE_EXHAUSTED',
      'TOO_MANY_UPLOADS',
      'You have uploaded many files within the hour. Try again later.',
    );
};

export const fileHandlers = ({ database, files, identity }: Options): Handlers<FileServiceService> => ({
  uploadFile: async (stream, caller) => {
    const ownerId = signedInEmployee(caller);
    const requests = stream[Symbol.asyncIterator]();
    const name = checkFileName((await headOf(requests)).name);
    await refuseHoarding(database, ownerId);
    const { id, size, sha256 } = await files.keep(
      { name, ownerId, purpose: 'upload', maxBytes: UPLOAD_MAX_BYTES },
      chunksOf(requests),
    );
    return { id, name, size, sha256 };
  },

  downloadFile: async function* ({ service, id }, caller): AsyncGenerator<DownloadFileResponse> {
    const file = await files.find(id);
    if (file?.owner_id !== caller.id) throw notFound('file');
    const session = caller.sessionId || caller.apiKeyId;
    let checked = Date.now();
    yield { part: { $case: 'head', value: { service, name: file.name, mediaType: file.media_type, size: file.size } } };
    for await (const bytes of await files.open(id)) {
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
        yield { part: { $case: 'chunk', value: bytes.subarray(at, at + CHUNK_BYTES) } };
        if (Date.now() - checked < CHECK_MS) continue;
        await identity.jobToken(caller.id, session);
        checked = Date.now();
      }
    }
  },
});

/** Forgets files that have expired, every hour. */
export const fileWork = (files: FileStore): Work<object> => ({
  queue: 'file_clean',
  schedule: '17 * * * *',
  run: () => files.clean(),
});
