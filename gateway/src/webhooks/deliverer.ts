import { setTimeout as sleep } from 'node:timers/promises';
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import { spaceOf } from '@pelagic/capabilities/disclosure/space';
import type { Log } from '@pelagic/chassis/log';
import type { Delivery } from '@pelagic/proto/crm/identity/v1/partner';
import type {
  KeepWebhookRequest,
  KeepWebhookResponse,
  WebhookPending,
  WebhookResult,
} from '@pelagic/proto/crm/identity/v1/webhook';
import { ownBody } from './own-events.ts';
import type { Answer, Post } from './post.ts';
import { openReader, type Reader } from './reader.ts';
import { signed } from './sign.ts';
import { lanesOf, run, type Job } from './turn.ts';

/** After asking for a turn nothing is begun later than this: with the longest answer it ends before another process may take over. */
const TURN_MS = 12_000;
/** What is due is looked for so often while nothing new comes. */
const IDLE_MS = 2_000;
const RETRY_MS = 2_000;
/** A receiver that wants quiet gets it, for no longer than this at once. */
const QUIET_MAX_SECONDS = 3_600;
const WANTS_QUIET = new Set([429, 503]);

export type Outside = { js: JetStreamClient; jsm: JetStreamManager };
export type KeepWebhook = (request: KeepWebhookRequest) => Promise<KeepWebhookResponse>;

/** How partners are posted to. */
export type Webhooks = {
  keep: KeepWebhook;
  post: Post;
  /** Tests do not wait so long. */
  idleMs?: number;
};

type Options = Webhooks & {
  delivery: Delivery;
  outside: () => Promise<Outside>;
  /** This process. */
  holder: string;
  log: Log;
};

export type Deliverer = {
  /** Events that were not posted for the first time yet; undefined while another process posts. */
  behind: () => number | undefined;
  stop: () => Promise<void>;
};

/** Posts a partner's stream to its receiver, as long as no other process does. */
export const openDeliverer = ({ delivery, outside, holder, keep, post, idleMs = IDLE_MS, log }: Options): Deliverer => {
  const stopping = new AbortController();
  const { partnerId, generation } = delivery;
  const space = spaceOf(delivery.user, generation);
  let reader: Reader | undefined;
  let results: WebhookResult[] = [];
  let taken = 0;
  let stir = (): void => {};
  let quietUntil = 0;

  const bodyOf = async ({ pending, told }: Job, { jsm }: Outside): Promise<string | undefined> => {
    if (told) return told.body;
    const { sequence, id, type } = pending as WebhookPending;
    if (sequence === '0') return ownBody(id, type, delivery);
    return (await jsm.direct.getMessage(space.stream, { seq: Number(sequence) }))?.string();
  };

  const poster =
    (turn: KeepWebhookResponse, until: number, at: Outside) =>
    async (job: Job): Promise<Answer | 'lost' | undefined> => {
      if (performance.now() > until || Date.now() < quietUntil || stopping.signal.aborted) return undefined;
      const body = await bodyOf(job, at);
      if (body === undefined) return 'lost';
      const id = (job.told ?? job.pending)!.id;
      const headers = {
        'content-type': 'application/cloudevents+json; charset=utf-8',
        'user-agent': 'Pelagic-Webhooks/1',
        'pelagic-generation': String(generation),
        ...signed(turn.secrets, id, Math.floor(Date.now() / 1_000), body),
      };
      const answer = await post(turn.url, headers, body, stopping.signal);
      if (WANTS_QUIET.has(answer.status))
        quietUntil = Date.now() + Math.min(answer.retryAfter, QUIET_MAX_SECONDS) * 1_000;
      // Cut short by us, it says nothing of the receiver.
      return stopping.signal.aborted && !answer.status ? undefined : answer;
    };

  /** Takes off what was posted or is written down; up to which number all is dealt with. */
  const dealtWith = ({ waiting }: Reader, done: { id: string }[]): void => {
    const ids = new Set(done.map(({ id }) => id));
    const last = waiting.findLast(({ id }) => ids.has(id))?.sequence ?? taken;
    const left = waiting.filter(({ id }) => !ids.has(id));
    waiting.splice(0, waiting.length, ...left);
    taken = Math.max(taken, Math.min(last, (left[0]?.sequence ?? Infinity) - 1));
  };

  const rest = async (): Promise<void> => {
    const woken = Promise.withResolvers<void>();
    stir = woken.resolve;
    const timer = setTimeout(woken.resolve, idleMs);
    await woken.promise;
    clearTimeout(timer);
  };

  const lose = (): void => {
    reader?.stop();
    [reader, results, taken] = [undefined, [], 0];
  };

  const said = ({ release }: { release: boolean }): KeepWebhookRequest => ({
    ...{ partnerId, generation, holder, results, release },
    takenSequence: String(taken),
  });

  const turn = async (): Promise<void> => {
    const until = performance.now() + TURN_MS;
    const answer = await keep(said({ release: false }));
    results = [];
    if (!answer.held) {
      lose();
      return void (await sleep(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {}));
    }
    const at = await outside();
    taken = Math.max(taken, Number(answer.takenSequence));
    if (reader?.isOver()) reader = undefined;
    reader ??= await openReader({ js: at.js, space, after: taken, stirred: () => stir() });
    // Read again after a process that had come further than it could say.
    dealtWith(reader, answer.pending);
    const lanes = lanesOf(answer.pending, reader.waiting);
    if (!lanes.length || Date.now() < quietUntil) return rest();
    results = await run({ lanes, post: poster(answer, until, at) });
    dealtWith(reader, results);
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await turn();
      } catch (error) {
        if (stopping.signal.aborted) break;
        log.warn({ reason: (error as Error).message, partner: partnerId }, 'posting will try again');
        await sleep(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
    // What was taken meanwhile would be posted again by who comes next, who need not wait for us.
    await keep(said({ release: true })).catch(() => {});
    reader?.stop();
  };
  const running = loop();
  return {
    behind: () => reader?.behind(),
    stop: async () => {
      stopping.abort();
      stir();
      await running;
    },
  };
};
