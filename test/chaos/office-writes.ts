import { answered, attempt } from './history.ts';
import { change, changed, create, created, keep, settled, tokenOf, type Writer } from './writer.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
/** Until when a schedule reminds: while it is still written on, and while things go wrong. */
const REMINDS_MS = [2_000, 20_000] as const;
/** Of which days a log may be begun; the oldest is left out, for midnight comes in a long run. */
const DAYS = 30;
/** Of the logs that are written on, this share is submitted; from then on it stands. */
const SUBMITTED = 0.15;

/** Whoever writes and one of their own are reminded within the run. */
export const createSchedule = async (writer: Writer): Promise<void> => {
  const { random, owners } = writer;
  const name = tokenOf(writer);
  const start = Date.now() + MINUTE_MS + random.whole(...REMINDS_MS);
  const schedule = {
    name,
    startTime: new Date(start).toISOString(),
    endTime: new Date(start + 30 * MINUTE_MS).toISOString(),
    reminderMinutes: 1,
    participantIds: [random.pick(owners).id],
  };
  const made = await create(writer, 'schedule create', '/v1/schedules', schedule, created('schedule', 'name', name));
  if (made) keep(writer.schedules, { id: made.id, version: made.version, ownerId: '' });
};

/** Changed around the moment at which it reminds: that must not be forgotten by it, nor told again. */
export const updateSchedule = async (writer: Writer): Promise<void> => {
  if (!writer.schedules.length) return createSchedule(writer);
  const note = tokenOf(writer);
  await change(
    writer,
    'schedule update',
    writer.schedules.at(-1)!,
    [changed('schedule', 'note', note)],
    ({ id, version }) => writer.person.ask('PATCH', `/v1/schedules/${id}`, { note, version }),
    '/v1/schedules',
  );
};

/** A seller keeps the log of a day; others begin the same one at the same time, and one that was submitted is refused. */
export const writeLog = async (writer: Writer): Promise<void> => {
  const { random, history, index } = writer;
  const seller = random.pick(writer.owners);
  const date = new Date(Date.now() - random.whole(0, DAYS - 1) * DAY_MS).toISOString().slice(0, 10);
  const done = tokenOf(writer);
  const submit = random.chance(SUBMITTED);
  const kind = submit ? 'log submit' : 'log write';
  const { op, body } = await attempt(
    history,
    { kind, writer: index, requestId: done, effects: [settled('work_log', 'done', done)] },
    () => seller.ask('POST', '/v1/work-logs:save', { date, done, submit }),
  );
  // Begun and submitted are two versions, of which the first says what was done.
  delete op.version;
  if (op.outcome === 'ok' && submit) keep(writer.logs, { id: body.id });
};

/** The manager says something about a log that was submitted. */
export const commentOnLog = async (writer: Writer): Promise<void> => {
  const { person, random, history, index, logs } = writer;
  if (!logs.length) return writeLog(writer);
  const text = tokenOf(writer);
  const { id } = random.pick(logs);
  await attempt(
    history,
    { kind: 'log comment', writer: index, requestId: text, effects: [changed('work_log', 'comments', text)] },
    () => person.ask('POST', `/v1/work-logs/${id}:comment`, { text }),
  );
};

/** Whoever was told looks at it. */
export const readNotifications = async ({ owners, random, history, index }: Writer): Promise<void> => {
  const seller = random.pick(owners);
  const { status, body } = await answered(seller.ask('GET', '/v1/notifications?unread=true&pageSize=5'));
  if (status !== 200 || !body.notifications.length) return;
  const ids = (body.notifications as { id: string }[]).map(({ id }) => id);
  // Some of them were read by somebody else's hand meanwhile: nothing that is only this write's comes of it.
  const write = { kind: 'notification read', writer: index, requestId: ids[0]!, effects: [] };
  await attempt(history, write, () => seller.ask('POST', '/v1/notifications:markRead', { ids }));
};
