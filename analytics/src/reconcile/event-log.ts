import { setTimeout as sleep } from 'node:timers/promises';
import { step } from '@pelagic/chassis/steps';
import type { LiveDirectory } from '../directory/directory.ts';
import type { Engine } from '../engine/engine.ts';
import type { Ingest } from '../ingest/ingest.ts';
import { parseEvent } from '../ingest/read.ts';
import { writeFacts, writeLog } from '../ingest/write.ts';
import type { Findings } from './findings.ts';
import type { Ledger, Span } from './ledgers.ts';
import { differingMinutes, logIds } from './sums.ts';

export type LogOptions = {
  engine: Engine;
  directory: LiveDirectory;
  counting: Pick<Ingest, 'pausedFor' | 'reached'>;
  findings: Findings;
};

/** What is in one of the two and not in the other. */
type Difference = { missing: string[]; foreign: string[]; pending: number };

const HEAL_MAX = 500;
const EXAMPLES = 20;
/** Between two batches the ingest has its turn. */
const PAUSE_MS = 20;

/**
 * Compares by id. What the ingest has not come to yet is pending and not missing: `reached` was read before the event
 * log is.
 */
const compareIds = async (
  { engine, counting }: Pick<LogOptions, 'engine' | 'counting'>,
  ledger: Ledger,
  span: Span,
): Promise<Difference> => {
  const reached = await counting.reached(ledger.service);
  const logged = await logIds(engine, ledger.service, span);
  const missing: string[] = [];
  let pending = 0;
  for await (const entries of ledger.list(span))
    for (const { id, streamSeq } of entries) {
      if (logged.delete(id)) continue;
      if (streamSeq === '0' || Number(streamSeq) > reached) pending += 1;
      else missing.push(id);
    }
  // Whether what is left is foreign, the ledger says: it may have been written down after it was listed.
  const left = [...logged];
  const known = new Set<string>();
  for (let at = 0; at < left.length; at += 1_000)
    for (const { id } of await ledger.read(left.slice(at, at + 1_000), false)) known.add(id);
  return { missing, foreign: left.filter((id) => !known.has(id)), pending };
};

/**
 * Writes events of the ledger into the event log, facts first: were it cut short between the two, they would be found
 * missing again.
 */
const heal = async (
  { engine, directory, counting }: Omit<LogOptions, 'findings'>,
  ledger: Ledger,
  ids: string[],
): Promise<number> => {
  let healed = 0;
  for (let at = 0; at < ids.length; at += HEAL_MAX) {
    const entries = await ledger.read(ids.slice(at, at + HEAL_MAX), true);
    const incoming = entries.map(({ event, streamSeq }) => ({
      event: parseEvent(event),
      body: event,
      streamSeq: Number(streamSeq),
    }));
    const run = crypto.randomUUID();
    const token = (table: string): string => `heal:${run}:${table}`;
    await counting.pausedFor(async () => {
      await writeFacts(engine, directory, incoming, token);
      await step('reconcile.facts');
      await writeLog(engine, incoming, token);
    });
    healed += incoming.length;
    await sleep(PAUSE_MS);
  }
  return healed;
};

/** Makes an hour of the event log equal to the ledger; answers what is still open: pending, or foreign. */
export const mendHour = async (
  options: LogOptions,
  ledger: Ledger,
  span: Span,
): Promise<{ pending: number; foreign: number; healed: number }> => {
  const { findings, engine } = options;
  const { service } = ledger;
  const about = { service, place: 'EVENT_LOG', span } as const;
  const told = { pending: 0, foreign: 0, healed: 0 };
  const strangers: string[] = [];
  let finding: string | undefined;
  for (const minute of await differingMinutes(engine, ledger, span)) {
    const { missing, foreign, pending } = await compareIds(options, ledger, minute);
    told.pending += pending;
    told.foreign += foreign.length;
    if (strangers.length < EXAMPLES) strangers.push(...foreign.slice(0, EXAMPLES));
    if (!missing.length) continue;
    finding = await findings.found({ ...about, kind: 'MISSING', events: missing.length, examples: missing });
    const healed = await heal(options, ledger, missing);
    told.healed += healed;
    await findings.mended(finding, about, healed);
  }
  if (finding) await findings.settled(finding);
  if (told.foreign) await findings.found({ ...about, kind: 'FOREIGN', events: told.foreign, examples: strangers });
  return told;
};
