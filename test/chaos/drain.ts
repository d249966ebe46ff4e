import { SERVICES } from '../../deploy/local/processes.ts';
import { until } from '../mesh/person.ts';
import type { World } from './world.ts';

/** What still waits somewhere, by where. */
export type Waiting = Record<string, number>;

type Stream = {
  name: string;
  state: { last_seq: number; messages: number };
  consumer_detail?: {
    name: string;
    num_pending: number;
    num_ack_pending: number;
    config: { durable_name?: string; filter_subjects?: string[]; filter_subject?: string };
  }[];
};

/** What the server's monitor says of its streams and their consumers. */
export const streamsOf = async ({ house: { mesh } }: World): Promise<Stream[]> => {
  const answer = await fetch(`${mesh.adminUrl('nats')}/jsz?acc=CRM&streams=true&consumers=true&config=true`);
  const { account_details: accounts = [] } = (await answer.json()) as {
    account_details?: { stream_detail?: Stream[] }[];
  };
  return accounts.flatMap(({ stream_detail: streams = [] }) => streams);
};

const WAITING = `
  select (select count(*) from outbox where published_time is null)::int as outbox,
    (select count(*) from job where state in ('JOB_STATE_QUEUED', 'JOB_STATE_RUNNING'))::int as jobs,
    (select count(*) from audit_waiting)::int as audit`;

/** Looks everywhere; what cannot be asked waits. */
export const waitingIn = async (world: World): Promise<Waiting> => {
  const waiting: Waiting = {};
  for (const service of SERVICES) {
    const [row] = await world.ask(service, WAITING);
    for (const [what, count] of Object.entries(row as Record<string, number>))
      if (count) waiting[`${service} ${what}`] = count;
  }
  const [running] = await world.ask(
    'customer',
    `select count(*)::int as count from conversion where state = 'CONVERSION_STATE_RUNNING'`,
  );
  if (running.count) waiting['conversions'] = running.count;
  const [settling] = await world.ask(
    'marketing',
    `select count(*)::int as count from form_submission where state = 'FORM_SUBMISSION_STATE_RECEIVED'`,
  );
  if (settling.count) waiting['forms'] = settling.count;
  const [asked] = await world.ask(
    'ticket',
    `select count(*)::int as count from ticket_submission where state = 'TICKET_SUBMISSION_STATE_RECEIVED'`,
  );
  if (asked.count) waiting['requests'] = asked.count;
  // Those that writers made are due within moments.
  const [due] = await world.ask(
    'office',
    `select count(*)::int as count from reminder where fire_time < now() + interval '1 minute'`,
  );
  if (due.count) waiting['reminders'] = due.count;
  const read = new Map<string, number>(
    (
      await world.ask(
        'analytics',
        `select stream, max(last_seq)::int as last, count(*) filter (where state = 'writing')::int as writing from ingest_batch group by stream`,
      )
    ).map(({ stream, last, writing }) => [stream, writing ? -1 : last]),
  );
  for (const { name, state, consumer_detail: consumers = [] } of await streamsOf(world)) {
    const behind = state.last_seq - (read.get(name) ?? 0);
    if (behind) waiting[`ingest of ${name}`] = behind;
    for (const { config, num_pending: pending, num_ack_pending: unacknowledged } of consumers)
      if (config.durable_name && pending + unacknowledged)
        waiting[`consumer ${config.durable_name}`] = pending + unacknowledged;
  }
  return waiting;
};

/** Milliseconds until nothing waits anywhere; after the limit, says what still did. */
export const drain = async (world: World, limitMs: number): Promise<{ tookMs: number; left: Waiting }> => {
  let left: Waiting = {};
  try {
    const tookMs = await until(
      'the drain',
      limitMs,
      async () => {
        left = await waitingIn(world).catch((error: unknown) => ({ [(error as Error).message]: 1 }));
        return Object.keys(left).length === 0;
      },
      250,
    );
    return { tookMs: Math.round(tookMs), left: {} };
  } catch {
    return { tookMs: limitMs, left };
  }
};
