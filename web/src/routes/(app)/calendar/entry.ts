import { addDays, dateIn, instantIn, localIn } from '#lib/format/date.ts';
import type { Schemas } from '#lib/api/client.ts';

/** What stands in a calendar, on the days and at the times of its reader. */

export interface Entry {
  key: string;
  kind: 'schedule' | 'task' | 'contact';
  /** Its own name; a promised contact has that of the record. */
  name: string;
  noun: string;
  id: string;
  place: string;
  first: string;
  last: string;
  /** Instants; none of what has no time of day. */
  from?: Date;
  until?: Date;
  done: boolean;
}

export interface Zones {
  reader: string;
  enterprise: string;
}

type Schedule = Schemas['Schedule'];
type Task = Schemas['Task'];
type Contact = Schemas['PromisedContact'];

/** A moment of a task takes as much room as can be read. */
const TASK_MS = 1_800_000;

const isDone = ({ state }: Task): boolean => state === 'TASK_STATE_DONE' || state === 'TASK_STATE_CLOSED';

const between = (from: Date, until: Date, zone: string) => ({
  first: dateIn(zone, from),
  // What ends as a day begins does not last into it.
  last: dateIn(zone, new Date(Math.max(until.getTime() - 1, from.getTime()))),
});

export function entryOfSchedule(schedule: Schedule, zones: Zones): Entry {
  const { id, name, place = '', startTime = '', endTime = '', allDay } = schedule;
  const [from, until] = [new Date(startTime), new Date(endTime)];
  return {
    key: id,
    kind: 'schedule',
    name,
    noun: 'schedule',
    id,
    place,
    done: false,
    ...between(from, until, allDay ? zones.enterprise : zones.reader),
    ...(allDay ? {} : { from, until }),
  };
}

export function entryOfTask(task: Task, zones: Zones): Entry {
  const { id, name, dueDate = '', dueClock = '' } = task;
  const entry = { key: id, kind: 'task' as const, name, noun: 'task', id, place: '', done: isDone(task) };
  if (!dueClock) return { ...entry, first: dueDate, last: dueDate };
  const from = new Date(instantIn(zones.enterprise, `${dueDate}T${dueClock}`));
  const day = dateIn(zones.reader, from);
  return { ...entry, first: day, last: day, from, until: new Date(from.getTime() + TASK_MS) };
}

export const entryOfContact = ({ activityId, recordNoun, recordId, date }: Contact): Entry => ({
  key: activityId,
  kind: 'contact',
  name: '',
  noun: recordNoun,
  id: recordId,
  place: '',
  first: date,
  last: date,
  done: false,
});

/** Whole days first, then by when they begin. */
export const entriesOn = (entries: Entry[], day: string): Entry[] =>
  entries
    .filter(({ first, last }) => first <= day && day <= last)
    .toSorted(
      (a, b) =>
        (a.from?.getTime() ?? 0) - (b.from?.getTime() ?? 0) ||
        a.kind.localeCompare(b.kind) ||
        a.key.localeCompare(b.key),
    );

const DAY_MINUTES = 1_440;

/** The minutes of a day that a timed entry takes, as the reader's clock counts them. */
export function minutesOn({ from, until }: Entry, day: string, zone: string): { start: number; end: number } {
  const minute = (instant: Date) => {
    const local = localIn(zone, instant);
    if (local.slice(0, 10) < day) return 0;
    if (local.slice(0, 10) > day) return DAY_MINUTES;
    return Number(local.slice(11, 13)) * 60 + Number(local.slice(14, 16));
  };
  const start = from ? minute(from) : 0;
  return { start, end: until ? Math.max(minute(until), start) : DAY_MINUTES };
}

export interface Block {
  entry: Entry;
  start: number;
  end: number;
  /** Of so many that stand side by side, the how manieth. */
  lane: number;
  lanes: number;
}

/** Least height of a block, minutes: lower than this nobody reads it. */
const SHORTEST = 25;

/** Those that overlap stand side by side. */
export function blocksOn(entries: Entry[], day: string, zone: string): Block[] {
  const timed = entriesOn(entries, day).filter(({ from }) => from);
  const placed: Block[] = [];
  let group: Block[] = [];
  let groupEnd = -1;
  const close = () => {
    const lanes = Math.max(0, ...group.map(({ lane }) => lane)) + 1;
    for (const block of group) block.lanes = lanes;
    group = [];
  };
  for (const entry of timed) {
    const { start, end: last } = minutesOn(entry, day, zone);
    const end = Math.max(last, start + SHORTEST);
    if (start >= groupEnd) close();
    const busy = new Set(group.filter((block) => block.end > start).map(({ lane }) => lane));
    let lane = 0;
    while (busy.has(lane)) lane += 1;
    const block = { entry, start, end, lane, lanes: 1 };
    group.push(block);
    placed.push(block);
    groupEnd = Math.max(group.length === 1 ? -1 : groupEnd, end);
  }
  close();
  return placed;
}

/** Days around those that are shown, so that no zone cuts anything off. */
export const around = (days: string[]): { from: string; until: string } => ({
  from: addDays(days[0] ?? '', -1),
  until: addDays(days.at(-1) ?? '', 2),
});
