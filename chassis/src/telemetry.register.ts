// Loaded by `node --import`. The SDK comes in only where an exporter is configured: a process without one stays small.
import { context, propagation, trace } from '@opentelemetry/api';
import { PROCESS_SETTINGS, readConfig } from './config.ts';

const { SERVICE, OTEL_EXPORTER_OTLP_ENDPOINT } = readConfig(PROCESS_SETTINGS);

if (OTEL_EXPORTER_OTLP_ENDPOINT) {
  const [
    { BatchSpanProcessor, TracerProvider },
    { OTLPTraceExporter },
    { resourceFromAttributes },
    { W3CTraceContextPropagator },
    { AsyncLocalStorageContextManager },
  ] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/core'),
    import('@opentelemetry/context-async-hooks'),
  ]);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': SERVICE }),
    // Reads OTEL_EXPORTER_OTLP_ENDPOINT and its kin by itself.
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter(), scheduledDelayMillis: 500 })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  process.once('beforeExit', () => void provider.shutdown());
}
