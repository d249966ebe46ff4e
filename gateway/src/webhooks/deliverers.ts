import { randomUUID } from 'node:crypto';
import type { Log } from '@pelagic/chassis/log';
import type { Delivery } from '@pelagic/proto/crm/identity/v1/partner';
import { openDeliverer, type Deliverer, type Outside, type Webhooks } from './deliverer.ts';

type Options = { webhooks: Webhooks; outside: () => Promise<Outside>; log: Log };

export type Deliverers = {
  /** Posts to these, by their streams, and to nobody else. When it is done nothing is on its way by a policy of before. */
  renew: (deliveries: Map<string, Delivery>) => Promise<void>;
  /** How much a stream is ahead of its receiver; undefined where this process does not post. */
  behind: (stream: string) => number | undefined;
};

/** Keeps a deliverer for each partner that is posted to. */
export const keepDeliverers = ({ webhooks, outside, log }: Options): Deliverers => {
  const running = new Map<string, Deliverer>();
  const holder = randomUUID();
  return {
    renew: async (deliveries) => {
      const wanted = new Map([...deliveries].filter(([, { webhook, webhookStopped }]) => webhook && !webhookStopped));
      const over = [...running].filter(([stream]) => !wanted.has(stream));
      for (const [stream] of over) running.delete(stream);
      await Promise.all(over.map(([, deliverer]) => deliverer.stop()));
      for (const [stream, delivery] of wanted)
        if (!running.has(stream)) running.set(stream, openDeliverer({ delivery, outside, holder, log, ...webhooks }));
    },
    behind: (stream) => running.get(stream)?.behind(),
  };
};
