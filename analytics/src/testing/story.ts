import { uuidv7, type EventEnvelope } from '@pelagic/chassis/outbox';
import { camel } from '@pelagic/chassis/projection';
import { events } from '@pelagic/proto/events';
import type { State } from '../facts/column.ts';

type Subject = keyof typeof events;

export type Telling = {
  /** RFC 3339; also the create time of what is new. */
  at: string;
  /** Business date; the day of `at` in UTC when absent. */
  date?: string;
  imported?: boolean;
  traceparent?: string;
};

/** Records as their services would tell of them: every change with the full state after and what changed before. */
export type Story = {
  told: EventEnvelope[];
  /** A new record; answers its id. */
  create: (subject: Subject, state: State, telling: Telling) => string;
  change: (subject: Subject, id: string, patch: State, telling: Telling) => EventEnvelope;
  state: (id: string) => State;
};

type Codec = { fromJSON: (json: unknown) => unknown; toJSON: (message: never) => unknown };

export const storyteller = (): Story => {
  const records = new Map<string, { noun: string; version: number; state: State }>();
  const told: EventEnvelope[] = [];
  const tell = (
    subject: Subject,
    id: string,
    before: State | undefined,
    { at, date, imported, traceparent }: Telling,
  ): EventEnvelope => {
    const { noun, service, message } = events[subject];
    const { version, state } = records.get(id)!;
    const codec = message as unknown as Codec;
    const data = codec.toJSON(codec.fromJSON({ [camel(noun)]: state, ...(before && { before }) }) as never) as Record<
      string,
      unknown
    >;
    const event: EventEnvelope = {
      specversion: '1.0',
      id: uuidv7(),
      source: `/crm/${service}`,
      type: subject,
      subject: id,
      time: new Date(at).toISOString(),
      recordedtime: new Date().toISOString(),
      datacontenttype: 'application/json',
      sequence: String(version),
      noun,
      actorid: '',
      actorkind: 'service',
      businessdate: date ?? at.slice(0, 10),
      ...(imported && { imported: 'true' as const }),
      ...(traceparent && { traceparent }),
      data,
    };
    told.push(event);
    return event;
  };
  return {
    told,
    create: (subject, state, telling) => {
      const id = (state['id'] as string | undefined) ?? uuidv7();
      const { noun } = events[subject];
      const createTime = state['createTime'] ?? new Date(telling.at).toISOString();
      records.set(id, {
        noun,
        version: 1,
        state: { id, version: 1, createTime, updateTime: new Date(telling.at).toISOString(), ...state },
      });
      tell(subject, id, undefined, telling);
      return id;
    },
    change: (subject, id, patch, telling) => {
      const known = records.get(id)!;
      const before = Object.fromEntries(Object.keys(patch).map((name) => [name, known.state[name] ?? null]));
      const version = known.version + 1;
      records.set(id, {
        ...known,
        version,
        state: { ...known.state, ...patch, version, updateTime: new Date(telling.at).toISOString() },
      });
      return tell(subject, id, before, telling);
    },
    state: (id) => records.get(id)!.state,
  };
};
