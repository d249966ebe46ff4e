import { createHash } from 'node:crypto';
import { countBy, finding, type Difference, type Finding } from '../difference.ts';
import type { Ledger, Written } from '../ledger.ts';

const nameOf = ({ subject, recordId, version, id }: Written): string => `${subject} ${recordId} v${version} (${id})`;

/** Each record told of each of its versions once, from the first to the one that its row has. */
const checkVersions = ({ events, rows }: Ledger): Finding => {
  const { found, compared, differ } = finding('rows = outbox');
  const told = Map.groupBy(events, ({ noun, recordId }) => `${noun} ${recordId}`);
  for (const [record, theirs] of told) {
    const [noun, id] = record.split(' ') as [string, string];
    const table = rows.get(noun);
    compared();
    const last = theirs.at(-1)!;
    const versions = theirs.map(({ version }) => version).toSorted((a, b) => a - b);
    versions.forEach((version, at) => {
      if (version === versions[at - 1]) differ('doubled', `${record} v${version} in the outbox`, { at: last.recorded });
      else if (version !== (versions[at - 1] ?? 0) + 1)
        differ('lost', `${record} before v${version} in the outbox`, { at: last.recorded });
    });
    theirs.forEach((event, at) => {
      if (event.version < (theirs[at - 1]?.version ?? 0))
        differ('disordered', `${record} v${event.version} in the outbox`, { at: event.recorded });
    });
    const row = table?.get(id);
    if (!row) differ('foreign', `${record} has events and no row`, { at: last.recorded });
    else if ((row.version ?? 1) !== versions.at(-1))
      differ('unequal', `${record} has v${row.version} and told of v${versions.at(-1)}`, { at: last.recorded });
  }
  for (const [noun, table] of rows) {
    for (const id of table.keys()) {
      compared();
      if (!told.has(`${noun} ${id}`)) differ('lost', `${noun} ${id} has a row and no event`);
    }
  }
  return found;
};

/** What is missing from a sequence lies before, between or after what is there. */
const placeOf = (at: number, first: number, last: number): NonNullable<Difference['place']> =>
  at < first ? 'prefix' : at > last ? 'postfix' : 'middle';

/** The stream holds the outbox, each record in order; what it holds twice is counted and is no difference. */
const checkStreams = ({ events, streams }: Ledger): { findings: Finding[]; twice: number } => {
  const sets = finding('outbox = stream');
  const order = finding('order in the stream');
  let twice = 0;
  for (const { service, messages } of streams.values()) {
    const written = events.filter((event) => event.service === service);
    const known = new Map(written.map((event) => [event.id, event]));
    const ids = messages.map(({ body }) => (JSON.parse(body) as { id: string }).id);
    const places = new Map<string, number>();
    const last = new Map<string, number>();
    ids.forEach((id, at) => {
      if (places.has(id)) {
        twice += 1;
        return;
      }
      places.set(id, at);
      const event = known.get(id);
      if (!event) return sets.differ('foreign', `${id} in the stream of ${service}`);
      if (event.body !== messages[at]!.body)
        sets.differ('unequal', `${nameOf(event)} in the stream`, { at: event.recorded });
      order.compared();
      const before = last.get(event.recordId) ?? 0;
      if (event.version <= before)
        order.differ('disordered', `${nameOf(event)} after v${before}`, { at: event.recorded });
      last.set(event.recordId, Math.max(before, event.version));
    });
    const present = written.flatMap((event, at) => (places.has(event.id) ? [at] : []));
    written.forEach((event, at) => {
      sets.compared();
      if (event.published === undefined)
        sets.differ('stuck', `${nameOf(event)} was not published`, { at: event.recorded });
      if (!places.has(event.id))
        sets.differ('lost', `${nameOf(event)} from the stream`, {
          at: event.recorded,
          place: placeOf(at, present[0] ?? 0, present.at(-1) ?? 0),
        });
    });
  }
  return { findings: [sets.found, order.found], twice };
};

/** h(n) = SHA-256(h(n-1) ‖ event), in the order in which the relay marked them. */
const checkChain = ({ events, chains }: Ledger): Finding => {
  const { found, compared, differ } = finding('hash chain');
  for (const [service, { hash: head, length }] of chains) {
    const marked = events
      .filter((event) => event.service === service && event.published !== undefined)
      .toSorted((a, b) => a.published! - b.published! || a.seq - b.seq);
    let hash = Buffer.alloc(32);
    let broken = false;
    for (const event of marked) {
      compared();
      hash = createHash('sha256').update(hash).update(event.body).digest();
      if (!broken && hash.toString('hex') !== event.hash) {
        differ('unequal', `hash of ${nameOf(event)} in ${service}`, { at: event.recorded });
        broken = true;
      }
    }
    if (length !== marked.length)
      differ('unequal', `the chain of ${service} has ${length} links for ${marked.length} events`);
    else if (!broken && hash.toString('hex') !== head) differ('unequal', `head of the chain of ${service}`);
  }
  return found;
};

/** The log of events in ClickHouse holds each once, as it was told, and none was stored more often than it came. */
const checkLog = ({ events, streams, clickhouse }: Ledger): Finding[] => {
  const sets = finding('outbox = event_log');
  const blocks = finding('stored once in event_log');
  const log = new Map(clickhouse.log.map((row) => [row.id, row]));
  const known = new Map(events.map((event) => [event.id, event]));
  const copies = countBy(
    [...streams.values()].flatMap(({ messages }) => messages),
    ({ body }) => (JSON.parse(body) as { id: string }).id,
  );
  for (const event of events) {
    sets.compared();
    const row = log.get(event.id);
    if (!row) sets.differ('lost', `${nameOf(event)} from event_log`, { at: event.recorded });
    else if (row.counted !== 1) sets.differ('doubled', `${nameOf(event)} in event_log`, { at: event.recorded });
    else if (row.hash !== createHash('md5').update(event.body).digest('hex'))
      sets.differ('unequal', `${nameOf(event)} in event_log`, { at: event.recorded });
    blocks.compared();
    if (row && row.stored > (copies.get(event.id) ?? 1))
      blocks.differ('doubled', `${nameOf(event)} was stored ${row.stored} times`, { at: event.recorded });
  }
  for (const id of log.keys()) if (!known.has(id)) sets.differ('foreign', `${id} in event_log`);
  return [sets.found, blocks.found];
};

/** The ledgers of events against each other and against the rows that they tell of. */
export const checkLedgers = (ledger: Ledger): { findings: Finding[]; twice: number } => {
  const { findings, twice } = checkStreams(ledger);
  return { findings: [checkVersions(ledger), ...findings, checkChain(ledger), ...checkLog(ledger)], twice };
};
