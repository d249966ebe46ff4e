import { isUuid } from '@pelagic/proto/formats';
import { openBroker, type Broker } from '@pelagic/chassis/broker';
import { createLog } from '@pelagic/chassis/log';
import { RECORD_SERVICES } from '../../deploy/local/processes.ts';
import type { Mesh } from '../../deploy/local/mesh.ts';
import { busyness, until, type Person } from '../mesh/person.ts';
import { badEvent, goodEvent, HARMLESS, sameIdAgain, SUBJECTS, type Told } from './bad-events.ts';
import { durablesOf, hears, openMemories, type Durable, type Memory } from './consumers.ts';
import type { Making } from './request.ts';
import { Tally, type Figures } from './tally.ts';

/** Bad events that are told between two good ones. */
const BURST = 12;
/** A good event has its effect this soon, whatever stands before it. */
const UNAFFECTED_MS = 1_000;
/** Until everything is handled or parked, its tries included. */
const DRAINED_MS = 90_000;
/** What services park, of whatever consumer, is looked at there. */
const PARKING = [...RECORD_SERVICES, 'analytics'];

export type EventFigures = Figures & { subjects: number; consumers: number; slowestMs: number; parked: number };

type Run = {
  mesh: Pick<Mesh, 'address' | 'adminUrl' | 'databaseUrl' | 'around'>;
  admin: Person;
  making: Making;
  requests: number;
};

/** Tells with the rights of the service that owns the subject. */
const openTellers = (mesh: Run['mesh']) => {
  const brokers = new Map<string, Broker>();
  const log = createLog('fuzz', 'silent');
  return {
    tell: async ({ service, subject, body }: Told): Promise<void> => {
      let broker = brokers.get(service);
      if (!broker) {
        const password = mesh.around.secrets.bus[service]!;
        broker = openBroker({ url: `nats://${mesh.address('nats')}`, user: service, password, log });
        await broker.start();
        brokers.set(service, broker);
      }
      await broker.js().publish(subject, body);
    },
    close: async (): Promise<void> => {
      for (const broker of brokers.values()) await broker.stop();
    },
  };
};

const lost = (told: Told[], durables: Durable[], memories: Map<string, Memory>, tally: Tally): void => {
  for (const durable of durables) {
    const { handled, parked, nameless } = memories.get(durable.service)!;
    const heard = told.filter(({ subject }) => hears(durable, subject));
    const named = heard.filter(({ id }) => id && isUuid(id));
    for (const each of named) {
      const key = `${durable.name} ${each.id}`;
      tally.count(parked.has(key) ? 'parked' : handled.has(key) ? 'handled' : 'lost', true);
      if (!handled.has(key) && !parked.has(key))
        tally.fault(durable.name, 'an event is lost', each.bad ?? 'good', each.body.toString());
    }
    const without = heard.length - named.length;
    for (let index = 0; index < without; index += 1) tally.count('parked', true);
    const found = nameless.get(durable.name) ?? 0;
    if (found < without) tally.fault(durable.name, `${without - found} events without an id are lost`, '', '');
  }
};

/** Nothing that the product itself told may have been put aside. */
const ownParked = (told: Told[], memories: Map<string, Memory>, tally: Tally): void => {
  const ours = new Set(told.map(({ id }) => id));
  for (const { parked } of memories.values())
    for (const [key, reason] of parked)
      if (!ours.has(key.split(' ')[1]))
        tally.fault(key.split(' ')[0]!, 'an event of the product is parked', key, reason);
};

/** What is parked is shown, driven again and discarded through the REST interface. */
const lookAfter = async (admin: Person, tally: Tally): Promise<number> => {
  let count = 0;
  for (const service of PARKING) {
    const { parkedMessages = [] } = await admin.get(`/v1/${service}/parked?pageSize=200`);
    count += parkedMessages.length;
    if (parkedMessages.some(({ reason }: { reason: string }) => !reason.trim()))
      tally.fault(service, 'parked without a reason', '', '');
    const ids = parkedMessages.slice(0, 40).map(({ id }: { id: string }) => id);
    if (!ids.length) continue;
    const driven = await admin.ask('POST', `/v1/${service}/parked:redrive`, { ids });
    const { done = 0, failed = 0 } = driven.body;
    if (driven.status !== 200 || done + failed !== ids.length)
      tally.fault(service, `redrive answered ${driven.status}`, '', JSON.stringify(driven.body));
    const discarded = await admin.ask('POST', `/v1/${service}/parked:discard`, { ids, reason: 'fuzz' });
    if (discarded.status !== 200)
      tally.fault(service, `discard answered ${discarded.status}`, '', JSON.stringify(discarded.body));
  }
  return count;
};

/** Tells every consumer what no service of ours would, and good events in between. */
export const fuzzEvents = async ({ mesh, admin, making, requests }: Run): Promise<EventFigures> => {
  const { random } = making;
  const tally = new Tally();
  const tellers = openTellers(mesh);
  const memories = openMemories(mesh);
  const durables = await durablesOf(mesh);
  const told: Told[] = [];
  let slowestMs = 0;

  const tell = async (event: Told): Promise<void> => {
    told.push(event);
    await tellers.tell(event);
  };
  const handledBy = async (event: Told): Promise<void> => {
    const listening = durables.filter((durable) => hears(durable, event.subject));
    for (const durable of listening) {
      const limit = UNAFFECTED_MS * busyness() * 10;
      const tookMs = await until(durable.name, limit, () => memories.hasHandled(durable, event.id!), 10).catch(
        () => limit,
      );
      slowestMs = Math.max(slowestMs, tookMs);
      if (tookMs <= UNAFFECTED_MS * busyness()) continue;
      const reason = await memories.reasonOf(durable, event.id!);
      if (reason) tally.fault(durable.name, 'a good event is parked', event.subject, reason);
      else tally.fault(durable.name, 'a good event waits behind bad ones', event.subject, `${Math.round(tookMs)} ms`);
    }
  };

  for (let next = 0; next < requests; next += 1) {
    if (next % BURST < BURST - 1) await tell(badEvent(random, SUBJECTS[next % SUBJECTS.length]!));
    else {
      const good = goodEvent(HARMLESS[next % HARMLESS.length]!);
      await tell(good);
      await handledBy(good);
      await tell(sameIdAgain(good));
    }
  }
  const drained = async (): Promise<boolean> => {
    const { freshness } = await admin.get('/v1/analytics/freshness');
    return !freshness.pending && (await durablesOf(mesh)).every(({ waiting }) => !waiting);
  };
  await until('the end of the streams', DRAINED_MS * busyness(), drained, 200).catch(async (error: Error) => {
    const waiting = (await durablesOf(mesh)).filter((each) => each.waiting);
    const { freshness } = await admin.get('/v1/analytics/freshness');
    tally.fault('bus', error.message, JSON.stringify(waiting), JSON.stringify(freshness));
  });
  const read = new Map<string, Memory>();
  for (const { service } of durables) if (!read.has(service)) read.set(service, await memories.read(service));
  lost(told, durables, read, tally);
  ownParked(told, read, tally);
  const parked = await lookAfter(admin, tally);
  await Promise.all([tellers.close(), memories.close()]);
  return {
    ...tally.figures(),
    requests: told.length,
    subjects: SUBJECTS.length,
    consumers: durables.length,
    slowestMs,
    parked,
  };
};
