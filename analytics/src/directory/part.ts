import { setTimeout as sleep } from 'node:timers/promises';
import type { Part } from '@pelagic/chassis/service';
import type { Engine } from '../engine/engine.ts';
import { migrate } from '../engine/migrate.ts';
import { addCustomColumns } from '../ingest/columns.ts';
import type { FreshnessKeeper } from '../ingest/freshness.ts';
import type { LiveDirectory } from './directory.ts';

/** Another instance may do the ingest: what it learned is read this often. */
const RELOAD_MS = 2_000;

type Options = { engine: Engine; directory: LiveDirectory; freshness: FreshnessKeeper };

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
      const found = await stamp(engine).catch(() => known);
      if (found !== known) await directory.load().catch(() => undefined);
      known = found;
    }
  };
  return {
    name: 'directory',
    start: async () => {
      await migrate(engine);
      await directory.load();
      await addCustomColumns(engine, directory.now());
      const [newest] = await engine.query<{ time: string }>(
        "select formatDateTime(max(recorded_time), '%Y-%m-%dT%H:%i:%S.%fZ') as time from event_log having count() > 0",
      );
      if (newest) freshness.since(newest.time);
      if (!engine.embedded) running = follow();
    },
    stop: async () => {
      stop.abort();
      await running;
    },
  };
};
