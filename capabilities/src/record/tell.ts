import { append } from '@pelagic/chassis/append';
import { now } from '@pelagic/chassis/clock';
import { currentContext } from '@pelagic/chassis/context';
import type { Tx } from '@pelagic/chassis/database';
import { record, uuidv7 } from '@pelagic/chassis/outbox';
import { sameValue, type Row } from './mapping.ts';
import type { Noun } from './noun.ts';
import type { RecordRow } from './records.ts';

const subjectOf = (noun: Noun, verb: string): string => `crm.${noun.service}.${noun.noun}.${verb}.v1`;

/** The first event of a record. */
export const tellNew = (tx: Tx, noun: Noun, row: Row, verb: string, besides: Row = {}): void =>
  record(tx, {
    subject: subjectOf(noun, verb),
    noun: noun.noun,
    recordId: row['id'] as string,
    version: 1,
    data: { [noun.key]: noun.mapping.toState(row), ...besides },
  });

export const pick = (state: Row, keys: string[]): Row =>
  Object.fromEntries(keys.map((key) => [key, state[key] ?? null]));

const keepHistory = (
  tx: Tx,
  noun: Noun,
  row: RecordRow,
  verb: string,
  before: Row,
  after: Row,
  reason: string,
): void => {
  const caller = currentContext()?.caller;
  append(tx, 'history', {
    event_id: uuidv7(),
    noun: noun.noun,
    record_id: row.id,
    version: row.version,
    event: subjectOf(noun, verb),
    time: now().toISOString(),
    recorded_time: new Date().toISOString(),
    actor_id: caller?.id ?? '',
    reason,
    imported: caller?.imported ?? false,
    before,
    after,
  });
};

/** Tells a change with the values before, and keeps it as history. */
export const tellChange = (
  tx: Tx,
  noun: Noun,
  before: RecordRow,
  after: RecordRow,
  { verb, reason, besides = {} }: { verb: string; reason: string; besides?: Row },
): void => {
  const [was, is] = [noun.mapping.toState(before as Row), noun.mapping.toState(after as Row)];
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (key) => key !== 'version' && key !== 'updateTime' && !sameValue(was[key], is[key]),
  );
  const changed = pick(was, keys);
  record(tx, {
    subject: subjectOf(noun, verb),
    noun: noun.noun,
    recordId: after.id,
    version: after.version,
    data: { [noun.key]: is, before: changed, ...besides },
    ...(reason && { reason }),
  });
  keepHistory(tx, noun, after, verb, changed, pick(is, keys), reason);
};
