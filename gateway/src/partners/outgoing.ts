import {
  AckPolicy,
  RetentionPolicy,
  StorageType,
  type JetStreamClient,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { headers, nanos, type MsgHdrs } from '@nats-io/transport-node';
import { READER, type Space } from '@pelagic/capabilities/disclosure/space';
import { STREAM_DAYS } from '@pelagic/chassis/broker';
import type { DisclosedEvent } from '@pelagic/capabilities/disclosure/disclose';
import type { Place } from './source.ts';

/** How far the streams inside were looked at for an outsider. */
export type Position = {
  places: Record<string, Place>;
  /** Newest time of recording among what was looked at: it only grows along the stream. */
  until: string;
};

/** On each event: what was recorded after this comes later, or was said to come before it. */
export const UNTIL = 'Pelagic-Recorded-Until';

const DAY_MS = 86_400_000;
const MESSAGES_MAX = 20_000_000;
/** A partner that has more than this in hand gets the rest when it has said that it took some. */
const IN_HAND_MAX = 1_000;
/** Questions for more that wait at once. */
const WAITING_MAX = 32;
export const ACK_WAIT_MS = 30_000;

type Outside = { js: JetStreamClient; jsm: JetStreamManager; replicas: number };

export type Outgoing = {
  position: Position;
  /** Sends and remembers how far it is, both or neither. False when somebody else wrote meanwhile: then it has to be opened again. */
  send: (events: { event: DisclosedEvent; until: string }[], position: Position) => Promise<boolean>;
};

const positionSubject = ({ prefix }: Space): string => `${prefix}position`;
export const eventSubjects = ({ prefix }: Space): string => `${prefix}crm.>`;

const EMPTY: Position = { places: {}, until: '' };

/** The outsider wrote over its own stream, which was deleted: whoever does that waits for it to be made again. */
export class Overwritten extends Error {}

/** What was kept of the position; undefined when it is none of ours. */
const readPosition = (text: string): Position | undefined => {
  try {
    const { places, until } = JSON.parse(text) as Partial<Position>;
    return places && typeof until === 'string' ? { places, until } : undefined;
  } catch {
    return undefined;
  }
};

/** Makes the stream of a policy and the consumer through which it is read. */
export const ensureStream = async ({ jsm, replicas }: Outside, space: Space): Promise<void> => {
  await jsm.streams.add({
    name: space.stream,
    subjects: [`${space.prefix}>`],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    max_age: nanos(STREAM_DAYS * DAY_MS),
    max_msgs: MESSAGES_MAX,
    num_replicas: replicas,
    allow_direct: true,
    allow_atomic: true,
    allow_rollup_hdrs: true,
    deny_delete: true,
  });
  await jsm.consumers.add(space.stream, {
    durable_name: READER,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ACK_WAIT_MS),
    max_ack_pending: IN_HAND_MAX,
    max_waiting: WAITING_MAX,
    filter_subject: eventSubjects(space),
  });
};

const rollup = (): MsgHdrs => {
  const all = headers();
  all.set('Nats-Rollup', 'sub');
  return all;
};

const untilHeader = (until: string): MsgHdrs => {
  const all = headers();
  all.set(UNTIL, until);
  return all;
};

/**
 * Opens what is sent to an outsider where it was left. What is sent and how far it is stand in one stream and are written
 * together, under the number that the stream must have reached: a crash in between leaves nothing half, and of two that
 * send at once one is refused.
 */
export const openOutgoing = async (outside: Outside, space: Space): Promise<Outgoing> => {
  const { js, jsm } = outside;
  await ensureStream(outside, space);
  let last = (await jsm.streams.info(space.stream)).state.last_seq;
  const kept = await jsm.direct.getMessage(space.stream, { last_by_subj: positionSubject(space) });
  const position = kept ? readPosition(kept.string()) : EMPTY;
  if (!position) {
    await jsm.streams.delete(space.stream);
    throw new Overwritten('The position of the delivery was overwritten. The stream is made again.');
  }
  const outgoing: Outgoing = {
    position,
    send: async (events, reached) => {
      const marker = JSON.stringify(reached);
      const expect = { lastSequence: last };
      try {
        const [first, ...rest] = events;
        if (!first) {
          last = (await js.publish(positionSubject(space), marker, { headers: rollup(), expect })).seq;
        } else {
          const subject = ({ type }: DisclosedEvent) => `${space.prefix}${type}`;
          const batch = await js.startBatch(subject(first.event), JSON.stringify(first.event), {
            headers: untilHeader(first.until),
            expect,
          });
          for (const { event, until } of rest)
            batch.add(subject(event), JSON.stringify(event), { headers: untilHeader(until) });
          const { seq } = await batch.commit(positionSubject(space), marker, { headers: rollup() });
          if (!seq) return false;
          last = seq;
        }
        outgoing.position = reached;
        return true;
      } catch {
        // Whether it arrived is not known, or another was faster: what stands in the stream tells.
        return false;
      }
    },
  };
  return outgoing;
};
