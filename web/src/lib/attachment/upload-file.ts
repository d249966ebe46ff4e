import type { Schemas, Service } from '#lib/api/client.ts';
import { asProblem, Problem, problemOf } from '#lib/api/problem.ts';
import { traceparent } from '#lib/api/traceparent.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';

/** What the services take of one attachment. */
const FILE_MAX_BYTES = 25 * 1024 * 1024;

const tooLarge = (): Problem =>
  new Problem({
    status: 413,
    code: 'INVALID_ARGUMENT',
    reason: 'FILE_TOO_LARGE',
    detail: m.attachment_too_large(),
    traceId: '',
    fields: [],
  });

type Options = {
  signal: AbortSignal;
  /** Told the share that is over the line, 0 to 1. */
  onprogress: (share: number) => unknown;
};

const answerOf = (request: XMLHttpRequest): Response =>
  new Response(request.responseText, {
    status: request.status,
    headers: { 'content-type': request.getResponseHeader('content-type') ?? '' },
  });

/** Brings a file to a service, to be put on a record; answers its id. Throws a Problem; an AbortError when it is called off. */
export function uploadFile(service: Service, file: File, { signal, onprogress }: Options): Promise<string> {
  // Said before it is sent: a service would say it after all of them went over the line.
  if (file.size > FILE_MAX_BYTES) return Promise.reject(tooLarge());
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  // Not fetch, which tells nothing of how far a body is.
  const request = new XMLHttpRequest();
  const purpose: Schemas['FilePurpose'] = 'FILE_PURPOSE_ATTACHMENT';
  request.open('POST', `/v1/${service}/files?purpose=${purpose}`);
  const headers = {
    'content-type': 'application/octet-stream',
    'x-file-name': encodeURIComponent(file.name.toWellFormed()),
    'accept-language': getLocale(),
    traceparent: traceparent(),
  };
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  request.upload.onprogress = ({ loaded, total }) => onprogress(total > 0 ? loaded / total : 0);
  request.onload = () => {
    if (request.status === 200) resolve((JSON.parse(request.responseText) as { id: string }).id);
    else void problemOf(answerOf(request)).then(reject);
  };
  request.onerror = () => reject(asProblem(new TypeError('network')));
  request.onabort = () => reject(signal.reason);
  signal.addEventListener('abort', () => request.abort(), { once: true });
  request.send(file);
  return promise;
}
