import { openEngine } from '../../analytics/src/engine/engine.ts';

/**
 * What a hand in ClickHouse's folder does and sees; a process of its own, for the embedded engine belongs to one. Run as
 * `node test/drill/store.ts <folder> <rows to delete> <event_log or facts>`; prints what the event log holds then, and the facts.
 */
const [, , directory = '', rows = '0', from = 'event_log'] = process.argv;
const engine = openEngine({ url: '', directory, cluster: '', readers: 1, memoryMaxBytes: 800_000_000 });
await engine.start();
if (Number(rows) && from === 'facts') {
  // Of other leads each: what one of the tables still has must not bring the rest back.
  const some = (skipped: number): string =>
    `id in (select id from lead final order by cityHash64(id) limit ${Number(rows)} offset ${skipped})`;
  await engine.execute(`delete from lead_change where version = 1 and ${some(0)}`);
  await engine.execute(`delete from lead where ${some(Number(rows) / 2)}`);
  await engine.execute(`delete from directory where noun = 'employee'`);
} else if (Number(rows)) {
  // Of no order that anybody chose, and the same each time.
  const ids = await engine.query<{ id: string }>(
    `select toString(id) as id from event_log final order by cityHash64(id) limit ${Number(rows)}`,
  );
  await engine.execute('delete from event_log where toString(id) in {ids:Array(String)}', {
    ids: ids.map(({ id }) => id),
  });
}
// Not identity's: a comparison that somebody asks for is in the audit trail, whose entries are events.
const [log] = await engine.query(`
  select count() as events, toString(groupBitXor(cityHash64(toString(id), event))) as checksum,
    (select toString(groupBitXor(cityHash64(id, version, state, name))) from lead final) as facts,
    (select toString(groupBitXor(cityHash64(id, version, part, state, name))) from lead_change final) as changes,
    (select toString(groupBitXor(cityHash64(noun, id))) from directory final) as directory
  from event_log final where service = 'customer'`);
process.stdout.write(JSON.stringify(log));
await engine.stop();
process.exit(0);
