import type { WebhookOutcome, WebhookPending, WebhookResult } from '@pelagic/proto/crm/identity/v1/webhook';
import type { Told } from './reader.ts';
import type { Answer } from './post.ts';

/** So many posts at once to one receiver. */
const AT_ONCE = 8;
/** Looked at in one turn. */
const TURN_MAX = 64;
/** While so many records wait for another try, or so many events wait at all, the receiver gets nothing new. */
const HELD_MAX = 50;
const PENDING_MAX = 900;
/** What is told of one turn at once, and a few that were on their way. */
const RESULTS_MAX = 300;

const BEGUN = 'pelagic.webhook.begun.v1';
const TEST = 'pelagic.webhook.test.v1';

/** One event to be posted; what was told before it of its record goes before it. */
export type Job = { pending?: WebhookPending; told?: Told };
type Lane = { blocked: boolean; jobs: Job[] };

/** Of which record; what the delivery says of itself waits for nothing and holds nobody up. */
const laneOf = ({ pending, told }: Job): string => {
  if (pending?.type === TEST) return pending.id;
  return (pending?.recordId ?? told?.recordId)!;
};

/**
 * What is to be done in a turn: by record, in the order of the stream. A record of which something waits for its time keeps what
 * came later waiting behind it. That a policy began goes before everything.
 */
export const lanesOf = (pending: WebhookPending[], waiting: Told[]): Lane[] => {
  const begun = pending.find(({ type }) => type === BEGUN);
  const asked = begun ? pending.filter((each) => each === begun || each.type === TEST) : pending;
  const held = new Set(pending.filter(({ tries }) => tries > 0).map(({ recordId }) => recordId));
  const isFull = begun !== undefined || held.size >= HELD_MAX || pending.length >= PENDING_MAX;
  const lanes = new Map<string, Lane>();
  const put = (job: Job, isDue: boolean): void => {
    const key = laneOf(job);
    const lane = lanes.get(key) ?? { blocked: false, jobs: [] };
    lanes.set(key, lane);
    if (!isDue) lane.blocked = true;
    // What waits already need not be told so again.
    if (!lane.blocked || job.told) lane.jobs.push(job);
  };
  for (const each of asked) put({ pending: each }, each.due);
  if (!isFull) for (const told of waiting.slice(0, TURN_MAX)) put({ told }, true);
  return [...lanes.values()].filter(({ jobs }) => jobs.length > 0);
};

const outcomeOf = ({ status }: Answer): WebhookOutcome => {
  if (status === 410) return 'WEBHOOK_OUTCOME_GONE';
  return status >= 200 && status < 300 ? 'WEBHOOK_OUTCOME_TAKEN' : 'WEBHOOK_OUTCOME_REFUSED';
};

export const resultOf = (job: Job, answer: Answer | 'behind' | 'lost'): WebhookResult => {
  const { pending, told } = job;
  const { id, type, recordId, sequence } = pending ?? { ...told!, sequence: String(told!.sequence) };
  const event = { id, type, recordId, sequence };
  if (answer === 'behind') return { ...event, outcome: 'WEBHOOK_OUTCOME_BEHIND', attempt: undefined, retryAfter: 0 };
  const none: Answer = { status: 0, durationMs: 0, answer: '', problem: 'NOT_KEPT', retryAfter: 0 };
  const { retryAfter, ...attempt } = answer === 'lost' ? none : answer;
  const outcome = answer === 'lost' ? 'WEBHOOK_OUTCOME_LOST' : outcomeOf(answer);
  return { ...event, outcome, attempt: { ...attempt, time: new Date().toISOString() }, retryAfter };
};

type Options = {
  lanes: Lane[];
  /** Posts one; undefined when its turn is over before it began. */
  post: (job: Job) => Promise<Answer | 'lost' | undefined>;
};

/** Goes through the lanes, some at once, each in its order; what came of it. What is not in there was not begun. */
export const run = async ({ lanes, post }: Options): Promise<WebhookResult[]> => {
  const results: WebhookResult[] = [];
  const left = [...lanes];
  const go = async ({ jobs, blocked }: Lane): Promise<void> => {
    let isHeld = blocked;
    for (const job of jobs) {
      if (results.length >= RESULTS_MAX) return;
      const answer = isHeld ? 'behind' : await post(job);
      if (!answer) return;
      const result = resultOf(job, answer);
      if (result.outcome === 'WEBHOOK_OUTCOME_REFUSED' || result.outcome === 'WEBHOOK_OUTCOME_GONE') isHeld = true;
      // Of what is written down already, only a post says something new.
      if (result.outcome !== 'WEBHOOK_OUTCOME_BEHIND' || job.told) results.push(result);
    }
  };
  const worker = async (): Promise<void> => {
    for (let lane = left.shift(); lane; lane = left.shift()) await go(lane);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
};
