// Follows the events of a Pelagic for ever. npm install @nats-io/jetstream @nats-io/transport-node
import { setTimeout as sleep } from 'node:timers/promises';
import { jetstream, type JsMsg } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';

export type Access = { servers: string; user: string; password: string };

/** A CloudEvent. `subject` is the record's id, `sequence` its version; `data.gone` says that it is out of your sight. */
export type Event = {
  id: string;
  type: string;
  subject: string;
  sequence: string;
  noun: string;
  recordedtime: string;
  data: Record<string, unknown> & { gone?: true };
};

/** Your side. Both are called in order, and awaited before the next. */
export type Copy = {
  /** Another policy holds: what you have may be more than you may see. Forget it; everything comes again. */
  begin: (generation: number) => Promise<void>;
  /** Keep the event when its version is newer than the one you have; `apply` may be called twice with the same. */
  apply: (event: Event) => Promise<void>;
};

type Place = { stream: string; consumer: string; generation: number; error?: string };

const ask = async (nc: NatsConnection, subject: string, question: object = {}): Promise<Place> => {
  for (;;) {
    const place = (await nc.request(subject, JSON.stringify(question), { timeout: 5_000 })).json<Place>();
    if (!place.error) return place;
    await sleep(1_000); // the delivery is about to begin
  }
};

const read = async (nc: NatsConnection, { stream, consumer }: Place, copy: Copy): Promise<void> => {
  const messages = await (await jetstream(nc).consumers.get(stream, consumer)).consume({ max_messages: 200 });
  const take = async (message: JsMsg): Promise<void> => {
    await copy.apply(message.json<Event>());
    message.ack(); // only now: what was not acknowledged comes again
  };
  for await (const message of messages) await take(message);
};

const open = ({ servers, user, password }: Access): Promise<NatsConnection> =>
  // Replies come to an inbox of your own; no other is open to you. A lost connection is made anew below.
  connect({ servers, user, pass: password, inboxPrefix: `_INBOX_${user}`, reconnect: false });

/** Reads from where it was left, whatever happens in between: the bus keeps the place. */
export const follow = async (access: Access, copy: Copy, signal: AbortSignal): Promise<void> => {
  let generation = 0;
  while (!signal.aborted) {
    try {
      const nc = await open(access);
      const leave = () => void nc.close();
      signal.addEventListener('abort', leave, { once: true });
      const place = await ask(nc, `${access.user}.hello`);
      if (place.generation !== generation) await copy.begin(place.generation);
      ({ generation } = place);
      await read(nc, place, copy);
      signal.removeEventListener('abort', leave);
    } catch (error) {
      console.warn('connected again in a moment', (error as Error).message);
    }
    await sleep(500);
  }
};

/** Reads again everything that was recorded at that time or later (and a little before), and ends. */
export const replay = async (access: Access, from: Date, apply: Copy['apply']): Promise<void> => {
  const nc = await open(access);
  const { stream, consumer } = await ask(nc, `${access.user}.replay`, { from: from.toISOString() });
  const again = await jetstream(nc).consumers.get(stream, consumer);
  let left = (await again.info()).num_pending;
  while (left > 0) {
    for await (const message of await again.fetch({ max_messages: 200, expires: 2_000 })) {
      await apply(message.json<Event>());
      message.ack();
      left = message.info.pending;
    }
  }
  await nc.close();
};
