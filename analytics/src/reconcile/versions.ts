import type { Engine } from '../engine/engine.ts';
import type { Findings } from './findings.ts';

const EXAMPLES = 20;

type Broken = { noun: string; record_id: string; gap: number; doubled: number };

/**
 * Every record's versions are 1, 2, 3 … without a gap and each once: a unique constraint cannot span the days of the
 * outbox. Looked at in the event log, which has the ledger's events in the order of records.
 */
export const checkVersions = async (engine: Engine, service: string, findings: Findings): Promise<number> => {
  const broken = await engine.query<Broken>(
    `select noun, record_id, max(version) > uniqExact(version) as gap, count() > uniqExact(version) as doubled
     from event_log final where service = {service:String} group by noun, record_id having gap or doubled limit 1000`,
    { service },
    { optimize_aggregation_in_order: 1 },
  );
  for (const [kind, column] of [
    ['MISSING', 'gap'],
    ['DOUBLE', 'doubled'],
  ] as const) {
    const records = broken.filter((row) => row[column]);
    const about = { service, place: 'VERSIONS', kind } as const;
    if (records.length)
      await findings.found({
        ...about,
        events: records.length,
        examples: records.slice(0, EXAMPLES).map(({ noun, record_id: id }) => `${noun} ${id}`),
      });
    else await findings.over(about);
  }
  return broken.length;
};
