import type { Queue } from '@pelagic/proto/crm/ticket/v1/queue';
import { languageOf } from '@pelagic/proto/language';
import { serviceCaller } from '@pelagic/chassis/caller';
import { runIn } from '@pelagic/chassis/context';
import type { Log } from '@pelagic/chassis/log';
import type { Part } from '@pelagic/chassis/service';
import { sql } from 'kysely';
import type { TicketService } from '../ticket-service.ts';
import { createQueue } from './queue.handlers.ts';

const NAMES = { zh: '客户服务', en: 'Customer service' };

const standardQueue = (locale: string, departmentId: string): Queue => ({
  id: '',
  version: 0,
  name: NAMES[languageOf(locale)],
  departmentId,
  targets: [
    { priority: 'TICKET_PRIORITY_LOW', minutes: 2_400 },
    { priority: 'TICKET_PRIORITY_NORMAL', minutes: 960 },
    { priority: 'TICKET_PRIORITY_HIGH', minutes: 480 },
    { priority: 'TICKET_PRIORITY_URGENT', minutes: 120 },
  ],
  active: true,
  createTime: undefined,
  updateTime: undefined,
});

type Known = { queues: boolean; locale: string | null; department: string | null };

/** Makes the queue that an enterprise begins with, of its oldest department. True when there is one. */
export const ensureQueue = (service: Pick<TicketService, 'database' | 'calendars'>): Promise<boolean> => {
  const caller = serviceCaller('ticket');
  return runIn({ caller, deadline: Date.now() + 10_000 }, () =>
    service.database.transact(async (tx) => {
      await sql`select pg_advisory_xact_lock(hashtext('queue_standard'))`.execute(tx.sql);
      // Ids are in the order of their making: the first department is the root.
      const { rows } = await sql<Known>`
        select exists (select from queue) as queues, (select state->>'locale' from directory_enterprise) as locale,
          (select id from directory_department where closed_date is null order by id limit 1) as department`.execute(
        tx.sql,
      );
      const { queues, locale, department } = rows[0]!;
      if (queues) return true;
      if (!locale || !department) return false;
      await createQueue(service, tx, standardQueue(locale, department), caller);
      return true;
    }),
  );
};

const AGAIN_MS = 500;

type Options = Pick<TicketService, 'database' | 'calendars'> & { log: Log };

/** A new installation has no department until its administrator sets it up: waits for that. */
export const standardQueuePart = ({ log, ...service }: Options): Part => {
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    try {
      if (await ensureQueue(service)) return;
    } catch (error) {
      log.warn({ err: error }, 'standard queue will be tried again');
    }
    timer = setTimeout(() => void look(), AGAIN_MS).unref();
  };
  return { name: 'standard queue', start: look, stop: async () => clearTimeout(timer) };
};
