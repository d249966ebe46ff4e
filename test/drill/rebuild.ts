import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '@pelagic/chassis/log';
import { openDirectory } from '../../analytics/src/directory/directory.ts';
import { openEngine } from '../../analytics/src/engine/engine.ts';
import { migrate } from '../../analytics/src/engine/migrate.ts';
import { rebuild } from '../../analytics/src/ingest/rebuild.ts';
import { writeFacts, writeLog } from '../../analytics/src/ingest/write.ts';
import { storyteller } from '../../analytics/src/testing/story.ts';

export type RebuildFigures = {
  events: number;
  writtenPerSecond: number;
  rebuildSeconds: number;
  rebuiltPerSecond: number;
  memoryMb: number;
  equal: boolean;
};

const BATCH_DEALS = 500;
const FACTS = `select toString(groupBitXor(cityHash64(id, version, amount, state, steps, moves.date, moves.until, moves.amount))) as deals,
  (select toString(groupBitXor(cityHash64(id, version, company))) from lead final) as leads from opportunity final`;

/** Deals that move and are raised, and leads that are changed: five events for each pair. */
const someEvents = () => {
  const story = storyteller();
  const at = { at: '2026-03-01T02:00:00Z' };
  const money = (amount: string) => ({ amount, currency: 'CNY', baseAmount: amount });
  for (let deal = 0; deal < BATCH_DEALS; deal += 1) {
    const id = story.create(
      'crm.sales.opportunity.created.v1',
      {
        name: 'Deal',
        state: 'OPPORTUNITY_STATE_OPEN',
        stageId: 'a',
        amount: money('10.25'),
        createDate: '2026-03-01',
        ownerId: `0e000000-0000-7000-8000-00000000000${deal % 9}`,
      },
      at,
    );
    story.change('crm.sales.opportunity.moved.v1', id, { stageId: 'b' }, at);
    story.change('crm.sales.opportunity.updated.v1', id, { amount: money('20.50') }, at);
    const lead = story.create('crm.customer.lead.created.v1', { name: 'Ada', state: 'LEAD_STATE_NEW' }, at);
    story.change('crm.customer.lead.updated.v1', lead, { company: '海蓝' }, at);
  }
  return story.told;
};

/** Writes so many events as the ingest does, drops what was made of them and makes it anew; it must come out the same. */
export const measureRebuild = async (count: number): Promise<RebuildFigures> => {
  const folder = mkdtempSync(join(tmpdir(), 'pelagic-rebuild-'));
  const engine = openEngine({ url: '', directory: folder, cluster: '' });
  const directory = openDirectory(engine);
  try {
    await engine.start();
    await migrate(engine);
    await directory.load();
    let [written, writing] = [0, 0];
    while (written < count) {
      const incoming = someEvents().map((event) => ({ event, body: JSON.stringify(event), streamSeq: 0 }));
      const [batch, began] = [written, performance.now()];
      const token = (table: string) => `drill:${batch}:${table}`;
      await writeLog(engine, incoming, token);
      await writeFacts(engine, directory, incoming, token);
      writing += performance.now() - began;
      written += incoming.length;
    }
    const [before] = await engine.query(FACTS);
    const { events, seconds } = await rebuild({ engine, directory, log: createLog('drill', 'fatal') });
    const [after] = await engine.query(FACTS);
    return {
      events,
      writtenPerSecond: Math.round((written / writing) * 1_000),
      rebuildSeconds: seconds,
      rebuiltPerSecond: Math.round(events / seconds),
      memoryMb: Math.round(process.memoryUsage().rss / 1e6),
      equal: JSON.stringify(before) === JSON.stringify(after),
    };
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};
