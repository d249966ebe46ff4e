import { Client, credentials, Metadata } from '@grpc/grpc-js';
import {
  FileHead,
  FilePurpose,
  FileServiceService,
  type DownloadFileResponse,
  type UploadFileResponse,
} from '@pelagic/proto/crm/capability/v1/file';
import { fromServiceError } from '@pelagic/chassis/status';
import type { ServiceError } from '@grpc/grpc-js';

/** Uploads and downloads as the gateway does them: streams of a head and its bytes. */
export const fileClient = (address: string, token: string) => {
  const client = new Client(address, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  const { uploadFile, downloadFile } = FileServiceService;
  return {
    upload: (name: string, bytes: Buffer | Iterable<Buffer>, purpose?: FilePurpose): Promise<UploadFileResponse> =>
      new Promise((resolve, reject) => {
        const call = client.makeClientStreamRequest(
          uploadFile.path,
          uploadFile.requestSerialize,
          uploadFile.responseDeserialize,
          metadata,
          (error, answer) => (error ? reject(fromServiceError(error)) : resolve(answer!)),
        );
        const head = FileHead.fromPartial({ service: 'customer', name, ...(purpose && { purpose }) });
        call.write({ part: { $case: 'head', value: head } });
        for (const value of Buffer.isBuffer(bytes) ? [bytes] : bytes) call.write({ part: { $case: 'chunk', value } });
        call.end();
      }),
    download: async (id: string): Promise<{ name: string; bytes: Buffer }> => {
      const chunks: Buffer[] = [];
      let name = '';
      try {
        for await (const { part } of client.makeServerStreamRequest(
          downloadFile.path,
          downloadFile.requestSerialize,
          downloadFile.responseDeserialize,
          { service: 'customer', id },
          metadata,
        ) as AsyncIterable<DownloadFileResponse>) {
          if (part?.$case === 'head') name = part.value.name;
          else if (part) chunks.push(part.value);
        }
      } catch (error) {
        throw fromServiceError(error as ServiceError);
      }
      return { name, bytes: Buffer.concat(chunks) };
    },
    close: () => client.close(),
  };
};
