import { FileHead, type DownloadFileResponse } from '@pelagic/proto/crm/capability/v1/file';

const CHUNK_BYTES = 256 * 1024;

/** A file as rpcs stream it: its head, then its bytes. */
export async function* sendFile(
  head: Partial<FileHead>,
  bytes: AsyncIterable<Buffer>,
  /** Asked between chunks; throws when its reader may have no more of it. */
  goesOn: () => Promise<void> = async () => {},
): AsyncGenerator<DownloadFileResponse> {
  yield { part: { $case: 'head', value: FileHead.fromPartial(head) } };
  for await (const piece of bytes)
    for (let at = 0; at < piece.length; at += CHUNK_BYTES) {
      yield { part: { $case: 'chunk', value: piece.subarray(at, at + CHUNK_BYTES) } };
      await goesOn();
    }
}
