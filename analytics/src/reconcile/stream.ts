import { setTimeout as sleep } from 'node:timers/promises';
import { DeliverPolicy } from '@nats-io/jetstream';
import { streamOf, type Broker } from '@pelagic/chassis/broker';
import type { Findings } from './findings.ts';
import type { Ledger, Span } from './ledgers.ts';

const CHUNK = 1_000;
const EXAMPLES = 20;
/** A pull that brings nothing for so long has nothing more to bring. */
const IDLE_MS = 5_000;

export type StreamLook = { created: string; messages: number; deleted: number; lastSeq: number };

/** Undefined when there is no stream. */
export const lookAtStream = async (broker: Broker, service: string): Promise<StreamLook | undefined> => {
  const jsm = await broker.jsm();
  try {
    const { created, state } = await jsm.streams.info(streamOf(service));
    return { created, messages: state.messages, deleted: state.num_deleted ?? 0, lastSeq: state.last_seq };
  } catch (error) {
    if (/not found/i.test((error as Error).message)) return undefined;
    throw error;
  }
};

/** Has the service look for each message of a span and put back what is gone; answers what is still missing. */
export const mendStream = async (
  findings: Findings,
  ledger: Ledger,
  span: Span,
): Promise<{ healed: number; refused: number }> => {
  const about = { service: ledger.service, place: 'STREAM', kind: 'MISSING', span } as const;
  const told = { healed: 0, refused: 0 };
  for (let from: Date | undefined = span.from; from;) {
    const answer = await ledger.publishAgain({ from, to: span.to });
    const [published, refused] = [Number(answer.published), Number(answer.refused)];
    told.healed += published;
    told.refused += refused;
    if (published + refused) {
      const id = await findings.found({ ...about, events: published + refused, examples: answer.examples });
      await findings.mended(id, about, published);
      await findings.settled(id);
    }
    from = answer.reachedTime ? new Date(answer.reachedTime) : undefined;
  }
  return told;
};

type Heard = { id: string; seq: number };

/** The ids of all messages up to a sequence, by their headers alone. */
async function* headersOf(broker: Broker, stream: string, lastSeq: number): AsyncIterable<Heard[]> {
  const consumer = await broker
    .js()
    .consumers.get(stream, { deliver_policy: DeliverPolicy.All, headers_only: true, inactive_threshold: 60_000 });
  for (;;) {
    const heard: Heard[] = [];
    let last = 0;
    for await (const message of await consumer.fetch({ max_messages: CHUNK, expires: IDLE_MS })) {
      last = message.seq;
      if (message.seq <= lastSeq) heard.push({ id: message.headers?.get('Nats-Msg-Id') ?? '', seq: message.seq });
      if (message.info.pending === 0 || message.seq >= lastSeq) break;
    }
    if (heard.length) yield heard;
    if (!last || last >= lastSeq || heard.length < CHUNK) return;
    await sleep(0);
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether the message at this place is this event: one that the ledger knows elsewhere is there twice, unless it moved. */
const stands = async (broker: Broker, stream: string, id: string, seq: number): Promise<boolean> => {
  const jsm = await broker.jsm();
  const message = await jsm.direct.getMessage(stream, { seq }).catch(() => null);
  return message?.header.get('Nats-Msg-Id') === id;
};

/** Goes through the stream for what no ledger knows, and for what stands in it twice. Tells of both and changes nothing. */
export const strangersIn = async (
  { broker, findings }: { broker: Broker; findings: Findings },
  ledger: Ledger,
  progress: (messages: number) => Promise<void>,
): Promise<{ foreign: number; double: number }> => {
  const { service } = ledger;
  const stream = streamOf(service);
  const look = await lookAtStream(broker, service);
  const found = { FOREIGN: [] as string[], DOUBLE: [] as string[] };
  const count = { FOREIGN: 0, DOUBLE: 0 };
  const tell = (kind: 'FOREIGN' | 'DOUBLE', what: string) => {
    count[kind] += 1;
    if (found[kind].length < EXAMPLES) found[kind].push(what);
  };
  if (look?.messages)
    for await (const heard of headersOf(broker, stream, look.lastSeq)) {
      const ids = [...new Set(heard.map(({ id }) => id).filter((id) => UUID.test(id)))];
      const entries = new Map((await ledger.read(ids, false)).map((entry) => [entry.id, entry]));
      for (const { id, seq } of heard) {
        const entry = entries.get(id);
        if (!entry) tell('FOREIGN', id || `${stream} ${seq}`);
        else if (Number(entry.streamSeq) !== seq && (await stands(broker, stream, id, Number(entry.streamSeq))))
          tell('DOUBLE', id);
      }
      await progress(heard.length);
    }
  for (const kind of ['FOREIGN', 'DOUBLE'] as const) {
    const about = { service, place: 'STREAM', kind } as const;
    if (count[kind]) await findings.found({ ...about, events: count[kind], examples: found[kind] });
    else await findings.over(about);
  }
  return { foreign: count.FOREIGN, double: count.DOUBLE };
};
