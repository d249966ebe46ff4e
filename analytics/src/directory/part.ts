import { setTimeout as sleep } from 'node:timers/promises';
import type { Part } from '@pelagic/chassis/service';
import type { Engine } from '../engine/engine.ts';
import { migrate } from '../engine/migrate.ts';
import { addCustomColumns } from '../ingest/columns.ts';
import type { FreshnessKeeper } from '../ingest/freshness.ts';
import type { LiveDirectory } from './directory.ts';

/** Another instance may do the ingest: what it learned is read this often. */
const RELOAD_MS = 1_000;

type Options = { engine: Engine; directory: LiveDirectory; freshness: FreshnessKeeper };

/** From the newest on that is known: the log is partitioned by month, and years of it need not be read. */
const catchUp = async (engine: Engine, freshness: FreshnessKeeper): Promise<void> => {
  const [log] = await engine.query<{ time: string; events: string }>(
    `select formatDateTime(max(recorded_time), '%Y-%m-%dT%H:%i:%S.%fZ') as time, (select count() from event_log) as events
     from event_log where recorded_time >= parseDateTime64BestEffort({since:String}, 3, 'UTC') having count() > 0`,
    { since: freshness.now().asOf ?? '1970-01-01T00:00:00Z' },
  );
  if (log) freshness.since(log.time, Number(log.events));
};

const stamp = async (engine: Engine): Promise<string> => {
  const [row] = await engine.query<{ rows: string; versions: string }>(
    'select count() as rows, sum(version) as versions from directory final',
  );
  return `${row?.rows}/${row?.versions}`;
};

/** Tables, then the names, trees and custom fields that questions need; kept current. */
export const directoryPart = ({ engine, directory, freshness }: Options): Part => {
  const stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const follow = async (): Promise<void> => {
    let known = await stamp(engine);
    while (!stop.signal.aborted) {
      await sleep(RELOAD_MS, undefined, { signal: stop.signal }).catch(() => undefined);
      if (stop.signal.aborted) return;
      await catchUp(engine, freshness).catch(() => undefined);
      const found = await stamp(engine).catch(() => known);
      if (found !== known) await directory.load().catch(() => undefined);
      known = found;
    }
  };
  return {
    name: 'directory',
    migrates: !engine.embedded,
    start: async () => {
      await migrate(engine);
      await directory.load();
      await addCustomColumns(engine, directory.now());
      await catchUp(engine, freshness);
      if (!engine.embedded) running = follow();
    },
    stop: async () => {
      stop.abort();
      await running;
    },
  };
};
