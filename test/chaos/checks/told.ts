import { finding, type Finding } from '../difference.ts';
import type { Ledger } from '../ledger.ts';

/** What was made so shortly before its moment may have come too late for it. */
const LATE_MS = 1_000;

const notificationsOf = ({ rows }: Ledger, kinds: string[]): any[] =>
  [...rows.get('notification')!.values()].filter(({ kind }) => kinds.includes(kind));

/** Whom a comment names is told of it once, however often it is written anew; else whose record it is, when it is made. */
const checkMentions = (ledger: Ledger): Finding => {
  const { found, compared, differ } = finding('comments = notifications');
  const [mentioned, commented] = ['NOTIFICATION_KIND_MENTIONED', 'NOTIFICATION_KIND_COMMENTED'] as const;
  const expected = new Map<string, number>();
  const expect = (employee: string, kind: string, { id, creatorId }: any, at: number) => {
    if (employee !== creatorId) expected.set(`${employee} ${kind} ${id}`, at);
  };
  for (const { version, recorded, event } of ledger.events.filter(({ noun }) => noun === 'comment')) {
    const comment = event.data['comment'] as any;
    const named = (comment.mentionIds ?? []) as string[];
    const owner = event.data['recordOwnerId'] as string | undefined;
    for (const employee of named) expect(employee, mentioned, comment, recorded);
    if (version === 1 && owner && !named.includes(owner)) expect(owner, commented, comment, recorded);
  }
  const told = new Set<string>();
  for (const { employee_id: employee, kind, cause, count } of notificationsOf(ledger, [mentioned, commented])) {
    const news = `${employee} ${kind} ${cause}`;
    if (told.has(news) || count !== 1) differ('doubled', news);
    if (!expected.has(news)) differ('foreign', news);
    told.add(news);
  }
  for (const [news, at] of expected) {
    compared();
    if (!told.has(news)) differ('lost', news, { at });
  }
  return found;
};

/** Whoever has a schedule in their calendar was reminded of it, once. Writers change what it says, and never its times. */
const checkReminders = (ledger: Ledger): Finding => {
  const { found, compared, differ } = finding('schedules = notifications');
  const reminded = Map.groupBy(
    notificationsOf(ledger, ['NOTIFICATION_KIND_SCHEDULE_SOON']),
    ({ record_id: id, employee_id: employee }) => `schedule ${id} to ${employee}`,
  );
  const known = new Set<string>();
  for (const row of ledger.rows.get('schedule')!.values()) {
    if (row.reminder_minutes === null) continue;
    const moment = new Date(row.start_time).getTime() - row.reminder_minutes * 60_000;
    const inTime = moment > new Date(row.create_time).getTime() + LATE_MS;
    for (const employee of new Set([row.owner_id, ...row.participant_ids])) {
      compared();
      const news = `schedule ${row.id} to ${employee}`;
      known.add(news);
      const times = reminded.get(news)?.length ?? 0;
      if (times > 1) differ('doubled', news, { at: moment });
      if (!times && inTime) differ('lost', news, { at: moment });
    }
  }
  for (const news of reminded.keys()) if (!known.has(news)) differ('foreign', news);
  return found;
};

/** Who was to be told of something was, and nobody twice. */
export const checkTold = (ledger: Ledger): Finding[] => [checkMentions(ledger), checkReminders(ledger)];
