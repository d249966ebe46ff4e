import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
} from '@opentelemetry/api';

/**
 * Spans at the seams (rpc, relay, message, query). Without an SDK (see telemetry.register.ts, loaded by --import)
 * the API does nothing, at next to no cost.
 */
const tracer = trace.getTracer('pelagic');

const contextOf = (traceparent: string | null | undefined): Context =>
  traceparent ? propagation.extract(ROOT_CONTEXT, { traceparent }) : context.active();

/** Runs the work in a span that continues the given trace. */
export const spanFor = <T>(
  name: string,
  traceparent: string | null | undefined,
  work: () => Promise<T>,
  kind: SpanKind = SpanKind.INTERNAL,
  attributes: Attributes = {},
): Promise<T> =>
  tracer.startActiveSpan(name, { kind, attributes }, contextOf(traceparent), async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
      throw error;
    } finally {
      span.end();
    }
  });

/** The traceparent header of the span at hand. */
export const activeTraceparent = (): string | undefined => {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier['traceparent'];
};

export const activeTraceId = (): string | undefined => trace.getActiveSpan()?.spanContext().traceId;

export { SpanKind };
