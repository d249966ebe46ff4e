import type { Freshness } from '@pelagic/proto/crm/analytics/v1/analytics';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { Gauge, Histogram } from 'prom-client';

const lagHistogram = new Histogram({
  name: 'ingest_lag_seconds',
  help: 'Time from the recording of an event to its being counted',
  buckets: [0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 15, 60],
});
const pendingGauge = new Gauge({
  name: 'ingest_pending',
  help: 'Events that wait to be counted',
  labelNames: ['stream'],
});

/** Lags that the median is taken of. */
const REMEMBERED = 100;

export type FreshnessKeeper = {
  counted: (events: EventEnvelope[]) => void;
  pending: (stream: string, count: number) => void;
  /** What another process counted, this one's former life included. */
  since: (asOf: string, events: number) => void;
  now: () => Freshness;
};

export const keepFreshness = (): FreshnessKeeper => {
  const waiting = new Map<string, number>();
  const lags: number[] = [];
  let asOf = 0;
  let count = 0;
  return {
    counted: (events) => {
      count += events.length;
      for (const { recordedtime } of events) {
        const recorded = Date.parse(recordedtime);
        const lag = Math.max(0, (Date.now() - recorded) / 1_000);
        lagHistogram.observe(lag);
        lags.push(lag);
        asOf = Math.max(asOf, recorded);
      }
      lags.splice(0, Math.max(0, lags.length - REMEMBERED));
    },
    pending: (stream, count) => {
      waiting.set(stream, count);
      pendingGauge.set({ stream }, count);
    },
    since: (time, events) => {
      count = Math.max(count, events);
      asOf = Math.max(asOf, Date.parse(time) || 0);
    },
    now: () => ({
      asOf: asOf ? new Date(asOf).toISOString() : undefined,
      pending: [...waiting.values()].reduce((sum, count) => sum + count, 0),
      lagSeconds: lags.toSorted((a, b) => a - b)[Math.floor(lags.length / 2)] ?? 0,
      counted: String(count),
    }),
  };
};
