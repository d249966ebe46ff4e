import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as a collector receives it, with the name of the process that it comes from. */
export type Span = {
  process: string;
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  /** 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  links?: { traceId: string; spanId: string }[];
};

type Batch = {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeSpans: { spans: Omit<Span, 'process'>[] }[];
  }[];
};

export type Collector = { endpoint: string; spans: Span[]; stop: () => void };

/** Takes what processes send by OTLP over HTTP, as JSON. */
export const startCollector = async (): Promise<Collector> => {
  const spans: Span[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as Batch;
    for (const { resource, scopeSpans } of resourceSpans) {
      const process = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
      spans.push(...scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ ...span, process }))));
    }
    response.setHeader('content-type', 'application/json').end('{}');
  };
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, spans, stop: () => void server.close() };
};

/** What these processes are told, to send all that they do there. */
export const sendingTo = ({ endpoint }: Collector, processes: string[]): Record<string, Record<string, string>> =>
  Object.fromEntries(processes.map((name) => [name, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }]));
