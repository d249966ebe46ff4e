import { contract } from '@pelagic/proto/contract';
import { isDate, isTimestamp, isUuid } from '@pelagic/proto/formats';
import { validate } from '@pelagic/proto/validate';
import type { EventEnvelope } from './outbox.ts';
import { Problem } from './problem.ts';

const malformed = (why: string): Problem => new Problem('INVALID_ARGUMENT', 'EVENT_MALFORMED', why);

const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrAbsent = (value: unknown): boolean => value === undefined || isText(value);

const TYPE = /^crm\.([a-z_]+)\.([a-z_]+)\.[a-z_]+\.v\d+$/;
/** A version that every table can hold. */
const VERSION_MAX = 2 ** 31 - 1;

const isVersion = (value: unknown): boolean =>
  isText(value) && /^[1-9]\d{0,9}$/.test(value) && Number(value) <= VERSION_MAX;

type Loose = { [K in keyof EventEnvelope]?: unknown };

const faultIn = (event: Loose): string | undefined => {
  const { id, type, source, subject, noun, sequence, time, recordedtime, businessdate, data } = event;
  if (!isText(id) || !isUuid(id)) return 'Its id is not a UUID.';
  const [, service, named] = (isText(type) && TYPE.exec(type)) || [];
  if (!service || named !== noun || source !== `/crm/${service}`)
    return 'Its type, source and noun do not belong together.';
  if (!isText(subject) || !isUuid(subject)) return 'Its subject is not the id of a record.';
  if (!isVersion(sequence)) return 'Its sequence is not a version.';
  if (!isText(time) || !isTimestamp(time) || !isText(recordedtime) || !isTimestamp(recordedtime))
    return 'Its time or recordedtime is not a time.';
  if (!isText(businessdate) || !isDate(businessdate)) return 'Its businessdate is not a date.';
  const { actorid, actorkind, imported, traceparent } = event;
  if (![actorid, actorkind, imported, traceparent].every(isTextOrAbsent)) return 'Its actor is not named by texts.';
  if (!data || typeof data !== 'object' || Array.isArray(data)) return 'It carries no data.';
  return undefined;
};

/** What a later release may add is no fault of the data; everything else has the type that the contract says. */
const faultInData = ({ type, data }: EventEnvelope): string | undefined => {
  const message = contract.events.get(type)?.message;
  const errors = message ? validate(message, data, { output: true }) : [];
  return errors.find(({ reason }) => reason !== 'UNKNOWN_FIELD' && reason !== 'UNKNOWN_VALUE')?.message;
};

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

/** An event of ours. Throws EVENT_MALFORMED with a sentence that says what is wrong with it. */
export const readEnvelope = (body: string): EventEnvelope => {
  const event = parsed(body);
  if (!event || typeof event !== 'object') throw malformed('It is not a JSON object.');
  const fault = faultIn(event as Loose) ?? faultInData(event as EventEnvelope);
  if (fault) throw malformed(fault);
  return event as EventEnvelope;
};

/** Postgres stores neither NUL nor half a character: parking must not fail on what is parked for being broken. */
export const storable = (text: string): string => text.replaceAll('\0', '\ufffd').toWellFormed();
