import { sql } from 'kysely';
import { it } from 'vitest';
import { openOffice } from './testing/office.ts';
it('scale', async () => {
  const office = await openOffice('scale');
  const db = office.identity.database.sql;
  await sql`insert into department (id, version, name, parent_id, placements, create_time, update_time) select uuidv7(), 1, 'd' || i, ${office.root}::uuid, '[]', now(), now() from generate_series(1, 500) i`.execute(db);
  await sql`update department set placements = jsonb_build_array(jsonb_build_object('parentId', parent_id, 'fromDate', '2024-01-01')) where parent_id is not null`.execute(db);
  await sql`insert into department_span select id, parent_id, '-infinity', 'infinity' from department where parent_id is not null`.execute(db);
  await sql`insert into employee (id, version, name, pinyin, department_id, state, placements, create_time, update_time, search_open, phone, search_guarded, manager_id)
    select uuidv7(), 1, '张三' || i, 'zhang san ' || i, d.id, 'EMPLOYEE_STATE_ACTIVE', '[]', now(), now(), '张三' || i || E'\nzhang san ' || i || E'\nzs', '+861380' || lpad(i::text, 7, '0'), '+861380' || lpad(i::text, 7, '0'), (select id from employee limit 1)
    from generate_series(1, 30000) i join lateral (select id from department offset (i % 500) limit 1) d on true`.execute(db);
  await sql`update employee set placements = jsonb_build_array(jsonb_build_object('departmentId', department_id, 'fromDate', '2024-01-01')) where placements = '[]'`.execute(db);
  await sql`insert into employee_span select id, department_id, manager_id, '-infinity', 'infinity' from employee where manager_id is not null`.execute(db);
  await sql`analyze`.execute(db);
  const time = async (name: string, work: () => Promise<unknown>) => { await work(); const t = performance.now(); for (let i = 0; i < 5; i++) await work(); console.log(name, Math.round((performance.now() - t) / 5), 'ms'); };
  const by = await office.as();
  await time('list', () => office.list({}));
  await time('list query initials', () => office.list({ query: '12345' }));
  await time('list phone', () => office.list({ query: '13800012' }));
  await time('list 1 char', () => office.list({ query: '张' }));
  await time('list dept', () => office.list({ departmentId: office.root, count: true }));
  await time('grants root', () => office.identity.sessions.getSession({}, by));
  const { employeeId } = await office.identity.sessions.getSession({}, by);
  await time('getGrants', async () => office.identity.callers.getGrants({ employeeId, grantsVersion: '1:2026-01-01', apiKeyId: '' }, await office.identity.service('customer')));
  await time('create', () => office.create({ name: 'x' }));
  const [some] = await office.list({ query: '12345' });
  let d = 1; await time('move', () => office.move(some!.id, { fromDate: `2025-01-0${d++}` }));
  await office.identity.stop();
}, 120000);
