import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Link,
} from '@opentelemetry/api';

/**
 * Spans at the seams (rpc, relay, message, query). Without an SDK (see telemetry.register.ts, loaded by --import)
 * the API does nothing, at next to no cost.
 */
const tracer = trace.getTracer('pelagic');

const LINKS_MAX = 20;

const contextOf = (traceparent: string | null | undefined): Context =>
  traceparent ? propagation.extract(ROOT_CONTEXT, { traceparent }) : context.active();

type Span = { kind?: SpanKind; attributes?: Attributes; links?: Link[] };

const spanIn = <T>(name: string, parent: Context, span: Span, work: () => Promise<T>): Promise<T> =>
  tracer.startActiveSpan(name, span, parent, async (active) => {
    try {
      return await work();
    } catch (error) {
      active.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
      throw error;
    } finally {
      active.end();
    }
  });

/** Runs the work in a span that continues the given trace. */
export const spanFor = <T>(
  name: string,
  traceparent: string | null | undefined,
  work: () => Promise<T>,
  kind: SpanKind = SpanKind.INTERNAL,
  attributes: Attributes = {},
): Promise<T> => spanIn(name, contextOf(traceparent), { kind, attributes }, work);

/**
 * Runs the work on a batch in one span: it continues the first of the traces and is linked to the spans that published
 * the batch and to the other traces, at most twenty.
 */
export const spanForBatch = <T>(
  name: string,
  traceparents: (string | null | undefined)[],
  work: () => Promise<T>,
  kind: SpanKind,
  attributes: Attributes = {},
  publishes: (string | undefined)[] = [],
): Promise<T> => {
  const first = traceparents.find(Boolean);
  const others = new Set([...publishes, ...traceparents].filter((each) => each && each !== first));
  const links = [...others].slice(0, LINKS_MAX).flatMap((each) => trace.getSpanContext(contextOf(each)) ?? []);
  return spanIn(name, contextOf(first), { kind, attributes, links: links.map((each) => ({ context: each })) }, work);
};

/** The traceparent header of the span at hand. */
export const activeTraceparent = (): string | undefined => {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier['traceparent'];
};

export const activeTraceId = (): string | undefined => trace.getActiveSpan()?.spanContext().traceId;

export { SpanKind };
