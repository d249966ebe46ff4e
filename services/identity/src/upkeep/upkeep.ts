import { serviceCaller } from '@pelagic/chassis/caller';
import { runIn } from '@pelagic/chassis/context';
import { today } from '@pelagic/chassis/enterprise';
import type { Part } from '@pelagic/chassis/service';
import { administer } from '../audit/audit.ts';
import { settleDepartments } from '../department/settle-departments.ts';
import { settleEmployee } from '../employee/employee.commands.ts';
import { dueMoves } from '../employee/employee.queries.ts';
import { settle } from '../employee/employee.ts';
import { knowEnterprise, readEnterprise } from '../enterprise/enterprise.ts';
import type { IdentityService } from '../identity-service.ts';
import { expireSessions } from '../session/session.ts';
import { ensureCalendar } from '../working-calendar/standard-calendar.ts';

/** How late settings reach another replica, and a planned move its day. */
const EVERY_MS = 5_000;
const FORGET_EVERY_MS = 10 * 60_000;

/** Planned moves whose day has come: the records show them, and an event tells it. Two replicas at once do it once. */
export const settleMoves = async ({ database }: IdentityService, clock?: Date): Promise<void> => {
  const caller = { ...serviceCaller('identity'), ...(clock && { clock }) };
  await runIn({ caller, deadline: Date.now() + 60_000 }, async () => {
    await settleDepartments(database, caller, today());
    for (const id of await dueMoves(database.sql, today())) {
      await administer(database, 'move_employee', (tx) =>
        settleEmployee(tx, id, caller, (row) => void settle(row, today())),
      );
    }
  });
};

/** What time brings: settings of other replicas, planned moves, sessions that grow old. */
export const upkeep = (service: IdentityService): Part => {
  const { database, guard, log } = service;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let forgot = 0;
  const turn = async () => {
    knowEnterprise(await readEnterprise(database.sql));
    await settleMoves(service);
    if (Date.now() - forgot < FORGET_EVERY_MS) return;
    forgot = Date.now();
    await expireSessions(database.sql);
    await guard.forget();
  };
  const next = () => {
    timer = setTimeout(() => {
      running = turn()
        .catch((error: unknown) => log.warn({ err: error }, 'upkeep will try again'))
        .finally(next);
    }, EVERY_MS).unref();
  };
  return {
    name: 'upkeep',
    start: async () => {
      await turn();
      await ensureCalendar(service);
      next();
    },
    stop: async () => {
      clearTimeout(timer);
      await running;
      clearTimeout(timer);
    },
  };
};
