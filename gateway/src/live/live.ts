import { publicCaller } from '@pelagic/chassis/caller';
import { runIn } from '@pelagic/chassis/context';
import { Problem } from '@pelagic/chassis/problem';
import { contract } from '@pelagic/proto/contract';
import type { FastifyReply } from 'fastify';
import { Gauge } from 'prom-client';
import { STREAMS_MAX, STREAMS_PER_SESSION_MAX } from '../limits.ts';
import type { Authenticator, SignedIn } from '../session/authenticator.ts';
import type { Credential } from '../session/credential.ts';
import { watchCaller } from '../session/watch.ts';
import type { Upstreams } from '../upstreams.ts';
import type { Change } from './bus.ts';
import { openEventStream } from './event-stream.ts';
import { openGate } from './gate.ts';
import { openListener, type AskVisible, type Listener } from './listener.ts';
import type { Shown } from './records-in.ts';
import { openSeen } from './seen.ts';

const FILTER_VISIBLE = contract.rpcs.get('crm.capability.v1.RecordService/FilterVisible')!;
const ASK_TIMEOUT_MS = 3_000;
/** Questions to the owners at the same time. */
const ASKING_MAX = 32;
/** After an interruption of the bus, browsers fetch again spread over this long. */
const MISSED_SPREAD_MS = 1_000;

/** A page's first requests are this much older than its event stream, at most. */
const RECENT_MS = 3_000;
const RECENT_MAX = 500;

const open = new Gauge({ name: 'live_streams', help: 'Event streams that are open' });

export type Person = { credential: Credential; signedIn: SignedIn; address: string };

export type Live = {
  /** An answer showed these records to this caller. */
  saw: (caller: string, records: Shown[]) => void;
  /** From the bus. */
  changed: (change: Change) => void;
  missed: () => void;
  /** Turns the answer into this person's event stream. Throws RESOURCE_EXHAUSTED when too many are open. */
  listen: (person: Person, reply: FastifyReply) => void;
  /** Ends all streams; browsers come back by themselves. */
  close: () => void;
};

type Parts = { upstreams: Upstreams; authenticator: Authenticator };

const tooMany = (): Problem =>
  new Problem('RESOURCE_EXHAUSTED', 'TOO_MANY_STREAMS', 'Too many live connections are open. Close some pages.', {
    params: { retryAfterSeconds: '30' },
  });

/** Who may know of a change is for its owner to say, of each caller, with that caller's own token of now. */
export const openLive = ({ upstreams, authenticator }: Parts): Live => {
  const listeners = new Map<string, Listener>();
  const seen = openSeen();
  const gate = openGate(ASKING_MAX);
  const recent = new Map<string, { change: Change; atMs: number }>();

  const keepRecent = (change: Change): void => {
    recent.delete(change.id);
    recent.set(change.id, { change, atMs: Date.now() });
    for (const [id, { atMs }] of recent) {
      if (recent.size <= RECENT_MAX && atMs > Date.now() - RECENT_MS) break;
      recent.delete(id);
    }
  };

  const askFor =
    ({ credential, address }: Person): AskVisible =>
    async (service, noun, ids) => {
      try {
        const answer = await gate(async () => {
          const { token } = await authenticator.authenticate(credential, address);
          const context = { caller: { ...publicCaller(address), token }, deadline: Date.now() + ASK_TIMEOUT_MS };
          return runIn(context, () => upstreams.call(FILTER_VISIBLE, { service, noun, ids }));
        });
        return new Set(answer['ids'] as string[]);
      } catch (error) {
        const { code, passing } = error as Problem;
        if (passing || code === 'UNAUTHENTICATED') throw error;
        // Without any right to the noun nothing of it is visible; a noun that its owner cannot answer for is told to nobody.
        return code === 'PERMISSION_DENIED' ? new Set() : undefined;
      }
    };

  const retire = (key: string, listener: Listener): void => {
    if (listeners.get(key) === listener) listeners.delete(key);
    listener.stop();
  };

  const listenerOf = (person: Person): Listener => {
    const { key } = person.signedIn;
    const known = listeners.get(key);
    if (known) return known;
    const letGo = seen.hold(key);
    const listener = openListener({
      caller: key,
      askVisible: askFor(person),
      seen,
      stopped: () => [stopWatching, letGo].forEach((each) => each()),
    });
    const stopWatching = watchCaller(authenticator, person.credential, person.signedIn, person.address, () => {
      retire(key, listener);
      for (const stream of listener.streams) stream.end();
    });
    listeners.set(key, listener);
    // What happened while the page was loading: its first answers may be older.
    for (const { change } of recent.values()) listener.changed(change);
    return listener;
  };

  let streams = 0;
  return {
    saw: (caller, records) => {
      if (!records.length) return;
      seen.show(caller, records);
      listeners.get(caller)?.saw(records);
    },
    changed: (change) => {
      keepRecent(change);
      for (const listener of listeners.values()) listener.changed(change);
    },
    missed: () => {
      for (const listener of listeners.values()) listener.missed(MISSED_SPREAD_MS);
    },
    listen: (person, reply) => {
      if (streams >= STREAMS_MAX || (listeners.get(person.signedIn.key)?.streams.size ?? 0) >= STREAMS_PER_SESSION_MAX)
        throw tooMany();
      const listener = listenerOf(person);
      const stream = openEventStream(reply, () => {
        listener.streams.delete(stream);
        open.set((streams -= 1));
        if (!listener.streams.size) retire(person.signedIn.key, listener);
      });
      listener.streams.add(stream);
      open.set((streams += 1));
    },
    close: () => {
      for (const { streams: each } of listeners.values()) for (const stream of each) stream.end(true);
    },
  };
};
