import { OUTSIDE } from '@pelagic/capabilities/disclosure/space';
import { createInbox, type NatsConnection } from '@nats-io/transport-node';
import type { Database } from '@pelagic/chassis/database';
import type { Log } from '@pelagic/chassis/log';
import type { Part } from '@pelagic/chassis/service';
import { markOf } from './admission.ts';
import { keepConnected, type BusLogin } from './connection.ts';
import { listAdmissions } from './partner.queries.ts';

/** Whoever was missed when it mattered is out after this, far within the 60 seconds that are promised. */
const EVERY_MS = 15_000;
/** Every server of a cluster answers within this, or is away and has nobody connected. */
const ANSWERS_MS = 1_000;
/** Connections in one answer. */
const PAGE = 1_000;

const PARTNER = /^ptn_[0-9a-f]{32}\./;

type Connections = {
  server: { id: string };
  data?: { total: number; connections?: { cid: number; authorized_user?: string }[] };
};
type Guest = { server: string; cid: number; mark: string };

type Options = { database: Database; log: Log; login: BusLogin };
export type Sweep = { part: Part; /** Looks at once instead of at the next turn. */ now: () => void };

/** Who is connected from outside, at all servers. */
const guests = async (connection: NatsConnection, offset = 0): Promise<Guest[]> => {
  const question = JSON.stringify({ acc: OUTSIDE, auth: true, limit: PAGE, offset });
  const answers = await connection.requestMany('$SYS.REQ.SERVER.PING.CONNZ', question, {
    maxWait: ANSWERS_MS,
    strategy: 'timer',
  });
  const found: Guest[] = [];
  let more = false;
  for await (const message of answers) {
    const { server, data } = message.json<Connections>();
    for (const { cid, authorized_user: mark = '' } of data?.connections ?? [])
      if (PARTNER.test(mark)) found.push({ server: server.id, cid, mark });
    more ||= (data?.total ?? 0) > offset + PAGE;
  }
  return more ? [...found, ...(await guests(connection, offset + PAGE))] : found;
};

/**
 * Cuts off whoever is connected by what no longer holds: an old password, an old policy, a partner that was put out. It looks at
 * what is, and not at what changed, so nothing that was missed while the bus or this process was away stays so.
 */
export const openSweep = ({ database, log, login }: Options): Sweep => {
  let wake = (): void => {};
  const round = async (connection: NatsConnection): Promise<void> => {
    const connected = await guests(connection);
    if (!connected.length) return;
    const current = new Set((await listAdmissions(database.sql)).map(markOf));
    for (const { server, cid, mark } of connected) {
      if (current.has(mark)) continue;
      // A server does nothing for who wants no answer.
      const reply = createInbox(`_INBOX_${login.user}`);
      connection.publish(`$SYS.REQ.SERVER.${server}.KICK`, JSON.stringify({ cid }), { reply });
      log.info({ cid, partner: mark.slice(0, 8) }, 'partner cut off');
    }
    await connection.flush();
  };
  const part = keepConnected({
    name: 'sweep',
    login,
    log,
    serve: async (connection, stopped) => {
      while (!stopped.aborted && !connection.isClosed()) {
        const woken = Promise.withResolvers<void>();
        wake = woken.resolve;
        await round(connection);
        const timer = setTimeout(woken.resolve, EVERY_MS);
        await Promise.race([woken.promise, connection.closed()]);
        clearTimeout(timer);
      }
    },
  });
  return { part, now: () => wake() };
};
