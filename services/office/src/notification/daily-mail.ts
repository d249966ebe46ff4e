import { writeMail } from '@pelagic/capabilities/mail/mail';
import { serviceCaller } from '@pelagic/chassis/caller';
import { startOfDate } from '@pelagic/chassis/clock';
import { runIn } from '@pelagic/chassis/context';
import type { Tx } from '@pelagic/chassis/database';
import { enterpriseTimeZone } from '@pelagic/chassis/enterprise';
import type { Work } from '@pelagic/chassis/queue';
import { languageOf } from '@pelagic/proto/language';
import { sql } from 'kysely';
import { stands } from '../follow-up/follow-up.ts';
import type { OfficeService } from '../office-service.ts';
import { workingDayAt } from '../work-log/working-day.ts';

const LONG_MS = 60_000;
/** Written in one transaction. */
const AT_ONCE = 100;
/** From eight on, and not to whom it would only reach after the morning. */
const MORNING: [number, number] = [8, 12];

/** What waits for a person and what the day holds. Numbers only: a mail is read by whoever opens the mailbox. */
type Counts = { approvals: number; unread: number; overdue: number; due: number; schedules: number; promised: number };

const WORDS = {
  zh: {
    subject: (count: number) => `今日提醒：${count} 项`,
    greeting: (name: string) => `${name}，早上好：`,
    lines: {
      approvals: (count: number) => `待您审批：${count} 项`,
      overdue: (count: number) => `已逾期的任务：${count} 项`,
      due: (count: number) => `今天到期的任务：${count} 项`,
      schedules: (count: number) => `今天的日程：${count} 项`,
      promised: (count: number) => `约定今天联系：${count} 个`,
      unread: (count: number) => `未读通知：${count} 条`,
    },
    off: '不想再收到这封邮件，可在“通知设置”中关闭。',
    action: '打开工作台',
  },
  en: {
    subject: (count: number) => `Today: ${count} ${count === 1 ? 'matter' : 'matters'}`,
    greeting: (name: string) => `Good morning, ${name},`,
    lines: {
      approvals: (count: number) => `Approvals that wait for you: ${count}`,
      overdue: (count: number) => `Overdue tasks: ${count}`,
      due: (count: number) => `Tasks due today: ${count}`,
      schedules: (count: number) => `In your calendar today: ${count}`,
      promised: (count: number) => `Contacts promised for today: ${count}`,
      unread: (count: number) => `Unread notifications: ${count}`,
    },
    off: 'You can turn this mail off in the notification settings.',
    action: 'Open the workbench',
  },
};

type Person = { id: string; name: string; email: string; locale: string };

/** Takes people who have not had theirs of the date; whoever looks at the same time leaves these alone. */
const take = async (tx: Tx, date: string): Promise<Person[]> => {
  const { rows } = await sql<Person>`
    update daily_mail set last_date = ${date}::date from directory_employee person
    where person.id = daily_mail.employee_id and daily_mail.employee_id in (
      select employee_id from daily_mail join directory_employee on id = employee_id
      where (last_date is null or last_date < ${date}::date) and state = 'EMPLOYEE_STATE_ACTIVE' and coalesce(email, '') <> ''
      order by employee_id limit ${AT_ONCE} for update of daily_mail skip locked)
    returning person.id, person.name, person.email, daily_mail.locale`.execute(tx.sql);
  return rows;
};

const countsOf = async (tx: Tx, { id }: Person, date: string): Promise<Counts> => {
  const zone = enterpriseTimeZone();
  const [from, until] = [date, Temporal.PlainDate.from(date).add({ days: 1 }).toString()].map((day) =>
    startOfDate(zone, day).toISOString(),
  );
  const tasks = sql`select from task where owner_id = ${id}::uuid and finish_time is null and delete_time is null`;
  const { rows } = await sql<Counts>`select
    (select count(*)::int from approval where approver_id = ${id}::uuid and state = 'APPROVAL_STATE_PENDING') as approvals,
    (select count(*)::int from notification where employee_id = ${id}::uuid and read_time is null) as unread,
    (select count(*)::int from (${tasks} and due_date < ${date}::date) late) as overdue,
    (select count(*)::int from (${tasks} and due_date = ${date}::date) today) as due,
    (select count(*)::int from schedule where (owner_id = ${id}::uuid or participant_ids @> array[${id}::text])
      and delete_time is null and start_time < ${until}::timestamptz and end_time > ${from}::timestamptz) as schedules,
    (select count(*)::int from follow_up where owner_id = ${id}::uuid and next_contact_date = ${date}::date
      and ${stands('follow_up')}) as promised`.execute(tx.sql);
  return rows[0]!;
};

const write = async (tx: Tx, person: Person, counts: Counts, date: string): Promise<void> => {
  const { subject, greeting, lines, off, action } = WORDS[languageOf(person.locale)];
  const said = Object.entries(lines).flatMap(([what, line]) => {
    const count = counts[what as keyof Counts];
    return count ? [line(count)] : [];
  });
  if (!said.length) return;
  await writeMail(tx, {
    cause: `daily/${person.id}/${date}`,
    recipient: person.email,
    locale: person.locale,
    subject: subject(Object.values(counts).reduce((sum, count) => sum + count, 0)),
    body: [greeting(person.name), said.join('\n'), off].join('\n\n'),
    action,
    recordNoun: 'employee',
    recordId: person.id,
  });
};

const writeSome = ({ database }: Pick<OfficeService, 'database'>, date: string): Promise<number> =>
  database.transact(async (tx) => {
    const people = await take(tx, date);
    for (const person of people) await write(tx, person, await countsOf(tx, person, date), date);
    return people.length;
  });

/** On the morning of a working day everybody who asked for it has one mail, when there is anything to say. */
export const writeDailyMail = async (
  service: Pick<OfficeService, 'database' | 'calendars'>,
  at = new Date(),
): Promise<void> => {
  const day = await workingDayAt(service, at, MORNING);
  if (!day) return;
  const some = () =>
    runIn({ caller: serviceCaller('office'), deadline: Date.now() + LONG_MS }, () => writeSome(service, day.date));
  while ((await some()) === AT_ONCE);
};

/** Looks every ten minutes, since a process may have been away at eight. */
export const dailyMail = (service: OfficeService): Work<object> => ({
  queue: 'daily-mail',
  run: () => writeDailyMail(service),
  schedule: '*/10 * * * *',
});
