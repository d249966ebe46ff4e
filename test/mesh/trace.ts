import { describe, expect, it } from 'vitest';
import type { Enterprise } from './enterprise.ts';
import { until } from './person.ts';
import type { Collector, Span } from './spans.ts';

const SERVER = 2;
const CLIENT = 3;
const PRODUCER = 4;
const CONSUMER = 5;

const BROWSER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };

const EXPECTED: [process: string, kind: number, name: string][] = [
  ['gateway', SERVER, 'POST /v1/leads'],
  ['customer', SERVER, 'CreateLead'],
  ['customer', PRODUCER, 'relay publish'],
  ['customer', CONSUMER, 'react customer_timeline'],
  ['analytics', CLIENT, 'clickhouse insert'],
];

/** The spans that a span continues or is linked to. */
const causes = ({ parentSpanId, links = [] }: Span): string[] => [
  ...(parentSpanId ? [parentSpanId] : []),
  ...links.map(({ spanId }) => spanId),
];

export const oneTrace = (stage: () => { house: Enterprise; collector: Collector }) =>
  describe('one request', () => {
    /** Spans of the browser's trace; a span over a batch may be another trace's and linked to it. */
    const spansOf = (process: string, kind: number): Span[] =>
      stage().collector.spans.filter(
        (span) =>
          span.process === process &&
          span.kind === kind &&
          (span.traceId === BROWSER.traceId || span.links?.some(({ traceId }) => traceId === BROWSER.traceId)),
      );

    it('is one trace from the browser through gateway, service, outbox and bus into ClickHouse', async () => {
      const made = await stage().house.admin.ask(
        'POST',
        '/v1/leads',
        { name: '王小明', phones: ['13911110001'] },
        { traceparent: `00-${BROWSER.traceId}-${BROWSER.spanId}-01` },
      );
      expect(made.status).toBe(200);
      expect(made.headers.get('x-trace-id')).toBe(BROWSER.traceId);
      // Each process sends its spans when it is time to, in no order.
      await until('a span of each', 20_000, () =>
        EXPECTED.every(([process, kind, name]) => spansOf(process, kind).some((span) => span.name.endsWith(name))),
      );

      const [request] = spansOf('gateway', SERVER);
      expect(request).toMatchObject({ name: 'POST /v1/leads', parentSpanId: BROWSER.spanId });
      const call = spansOf('customer', SERVER).find(({ name }) => name.endsWith('CreateLead'));
      expect(call?.parentSpanId).toBe(request!.spanId);
      const [publish] = spansOf('customer', PRODUCER);
      expect(publish?.name).toBe('relay publish');
      expect(causes(publish!)).toContain(call!.spanId);
      const reactions = spansOf('customer', CONSUMER);
      expect(reactions.map(({ name }) => name)).toContain('react customer_timeline');
      for (const reaction of reactions)
        expect(causes(reaction)).toEqual(expect.arrayContaining([call!.spanId, publish!.spanId]));
      const [insert] = spansOf('analytics', CLIENT);
      expect(insert?.name).toBe('clickhouse insert');
      expect(causes(insert!)).toEqual(expect.arrayContaining([call!.spanId, publish!.spanId]));
    });
  });
