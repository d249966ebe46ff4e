import { DeliverPolicy, type ConsumerMessages } from '@nats-io/jetstream';
import type { Broker } from '@pelagic/chassis/broker';

/** Waits for news of a stream; a hint only: what there is is read by sequence. */
export type Wake = {
  wait: (ms: number) => Promise<void>;
  ring: () => void;
  listen: (broker: Broker, stream: string) => Promise<void>;
  close: () => Promise<void>;
};

export const alarm = (): Wake => {
  let rung = false;
  let release: (() => void) | undefined;
  let heard: ConsumerMessages | undefined;
  const ring = (): void => {
    rung = true;
    release?.();
  };
  return {
    ring,
    wait: async (ms) => {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          release = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      rung = false;
      release = undefined;
    },
    listen: async (broker, stream) => {
      if (heard) return;
      const consumer = await broker
        .js()
        .consumers.get(stream, { deliver_policy: DeliverPolicy.New, headers_only: true, inactive_threshold: 60_000 });
      heard = await consumer.consume({ max_messages: 500, callback: ring });
      void heard.closed().finally(() => {
        heard = undefined;
      });
    },
    close: async () => {
      await heard?.close();
    },
  };
};
