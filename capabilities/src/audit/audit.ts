import { AuditEntry, AuditServiceService } from '@pelagic/proto/crm/identity/v1/audit';
import { messageType, type Message, type Rpc } from '@pelagic/proto/contract';
import { registry } from '@pelagic/proto/registry';
import type { Caller } from '@pelagic/chassis/caller';
import { connect } from '@pelagic/chassis/client';
import type { Database } from '@pelagic/chassis/database';
import type { Log } from '@pelagic/chassis/log';
import { uuidv7 } from '@pelagic/chassis/outbox';
import type { Seam } from '@pelagic/chassis/rpc';
import type { Part } from '@pelagic/chassis/service';
import { activeTraceparent } from '@pelagic/chassis/telemetry';
import { sql, type Kysely } from 'kysely';
import { changeIn } from './change.ts';

/** What happened. `detail` is what matters of it: filter, rows, hash; never the value of a masked field. */
export type AuditNote = {
  action: string;
  noun?: string;
  recordId?: string;
  reason?: string;
  outcome?: string;
  detail?: Record<string, unknown>;
};

export type AuditTrail = {
  /** Hands entries in to identity, for as long as it takes. */
  part: Part;
  /** Writes an entry down in the transaction of what it tells of. It reaches identity later, once. */
  note: (db: Kysely<any>, caller: Caller, note: AuditNote) => Promise<void>;
  /** For the rpc seam: audited rpcs, whatever their outcome. */
  seam: NonNullable<Seam['audit']>;
};

/** Entries are told apart by their ids: taking one twice is taking it once. */
export type DeliverAudit = (entries: AuditEntry[]) => Promise<void>;

const POLL_MS = 1_000;
const BATCH_MAX = 200;
/** Characters of a detail that an entry holds. */
const DETAIL_MAX = 20_000;
/** Their handlers write an entry of their own when they succeed, with what the request does not say. */
const SPEAK_FOR_THEMSELVES = new Set(['RevealField', 'DiscardParkedMessages', 'RunStatement']);

/** The trail of a service that is not identity. */
export const deliverTo = (identityAddress: string, token: () => Promise<string>): DeliverAudit => {
  const audit = connect(AuditServiceService, identityAddress);
  return async (entries) => void (await audit.recordAudit({ entries }, { token: await token(), timeoutMs: 5_000 }));
};

const withoutSecrets = ({ fields }: Message, json: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    fields
      .filter((field) => !field.rules?.secret && json[field.json] !== undefined && json[field.json] !== '')
      .map((field) => {
        const value = json[field.json];
        const inner = field.kind === 'message' && field.type && !field.repeated && !field.map && value !== null;
        return [field.json, inner ? withoutSecrets(messageType(field.type!), value as Record<string, unknown>) : value];
      }),
  );

const plain = (path: string): string => path.split('.')[0]!.replaceAll('_', '').toLowerCase();

/** A record in a request without the fields that its mask does not name: what stands in them nobody asked for. */
const asMasked = (value: unknown, mask: string[] | undefined): unknown => {
  if (!mask?.length || !value || typeof value !== 'object' || Array.isArray(value)) return value;
  const named = new Set(mask.map(plain));
  return Object.fromEntries(Object.entries(value).filter(([field]) => named.has(plain(field))));
};

const requestDetail = (type: string, request: unknown): Record<string, unknown> => {
  // A stream of requests has no request.
  if (!request) return {};
  const detail = withoutSecrets(messageType(type), registry.get(type)!.toJSON(request) as Record<string, unknown>);
  const { updateMask } = request as { updateMask?: string[] };
  return Object.fromEntries(Object.entries(detail).map(([key, value]) => [key, asMasked(value, updateMask)]));
};

const textOf = (detail: Record<string, unknown>): string => {
  const text = JSON.stringify(detail);
  if (text.length <= DETAIL_MAX) return text;
  return JSON.stringify({ name: detail['name'], fields: Object.keys(detail), note: 'too long to be kept' });
};

/** custom_field.manage → custom_field: what an rpc is about whose request does not say. */
const nounOf = ({ access: { permission } }: Rpc): string =>
  permission.includes('.') ? permission.slice(0, permission.indexOf('.')) : '';

const snake = (name: string): string => name.replace(/(?<=[a-z])([A-Z])/g, '_$1').toLowerCase();

/** Of a call that changed what it is about, an entry for every record with what changed; of any other, what was asked. */
const notesOf = ({ rpc, request, outcome, told }: Parameters<AuditTrail['seam']>[0]): AuditNote[] => {
  const { noun, recordId, id, reason = '' } = (request ?? {}) as Record<string, string | undefined>;
  // Where anybody who is signed in may ask, what came of it says what it was about.
  const about = { action: snake(rpc.method), noun: noun || nounOf(rpc) || (told[0]?.noun ?? ''), reason, outcome };
  const changes = told.filter((event) => event.noun === about.noun);
  if (outcome === 'ok' && changes.length)
    return changes.map((event) => ({ ...about, recordId: event.subject, detail: changeIn(event) }));
  return [{ ...about, recordId: recordId ?? id ?? '', detail: requestDetail(rpc.request, request) }];
};

const entryOf = (
  service: string,
  caller: Caller,
  { action, noun = '', recordId = '', reason = '', outcome = 'ok', detail = {} }: AuditNote,
): AuditEntry =>
  AuditEntry.fromPartial({
    id: uuidv7(),
    time: new Date().toISOString(),
    action,
    service,
    ...(caller.kind !== 'service' && caller.id && { actorId: caller.id }),
    actorKind: caller.kind,
    ...(caller.apiKeyId && { onBehalfOf: caller.apiKeyId }),
    remoteAddress: caller.remoteAddress,
    noun,
    recordId,
    reason,
    outcome,
    detail: textOf(detail),
    traceId: activeTraceparent()?.split('-')[1] ?? '',
  });

const write = async (db: Kysely<any>, entry: AuditEntry): Promise<void> => {
  await sql`insert into audit_waiting (id, entry) values (${entry.id}::uuid, ${JSON.stringify(AuditEntry.toJSON(entry))})`.execute(
    db,
  );
};

/** Delivers one batch of what waits. True when there may be more. */
const deliverSome = (database: Database, deliver: DeliverAudit): Promise<boolean> =>
  database.transact(async ({ sql: db }) => {
    const { rows } = await sql<{
      id: string;
      entry: unknown;
    }>`select id, entry from audit_waiting order by create_time limit ${BATCH_MAX} for update skip locked`.execute(db);
    if (!rows.length) return false;
    await deliver(rows.map(({ entry }) => AuditEntry.fromJSON(entry)));
    await sql`delete from audit_waiting where id = any(${rows.map(({ id }) => id)}::uuid[])`.execute(db);
    return rows.length === BATCH_MAX;
  });

type Options = { service: string; database: Database; deliver: DeliverAudit; log: Log };

export const openAuditTrail = ({ service, database, deliver, log }: Options): AuditTrail => {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  /** Entries of the seam that are being written: nobody waits for them but the end of the process. */
  const writing = new Set<Promise<void>>();
  const drain = async () => {
    try {
      while (await deliverSome(database, deliver));
    } catch (error) {
      log.warn({ err: error }, 'audit entries wait for identity');
    }
  };
  const tick = () => {
    running = drain().then(() => {
      if (timer) timer = setTimeout(tick, POLL_MS).unref();
    });
  };
  return {
    part: {
      name: 'audit',
      start: async () => {
        timer = setTimeout(tick, POLL_MS).unref();
      },
      stop: async () => {
        clearTimeout(timer);
        timer = undefined;
        await Promise.all([running, ...writing]);
        await drain();
      },
    },
    note: (db, caller, note) => write(db, entryOf(service, caller, note)),
    seam: (call) => {
      if (call.outcome === 'ok' && SPEAK_FOR_THEMSELVES.has(call.rpc.method)) return;
      const entries = notesOf(call).map((note) => entryOf(service, call.caller, note));
      const written = Promise.all(entries.map((entry) => write(database.sql, entry)))
        .catch((error: unknown) => log.error({ err: error, rpc: call.rpc.name }, 'audit entry lost'))
        .then(() => void writing.delete(written));
      writing.add(written);
    },
  };
};
