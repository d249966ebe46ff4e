import type { StageStay } from '@pelagic/proto/crm/sales/v1/opportunity';
import type { Stage } from '@pelagic/proto/crm/sales/v1/pipeline';
import { queryable } from '@pelagic/chassis/access';
import { reasonFor, type ChangeRow } from '@pelagic/capabilities/record/history';
import { isoTime } from '@pelagic/capabilities/record/mapping';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import { currentCaller } from '@pelagic/chassis/context';
import type { Tx } from '@pelagic/chassis/database';
import { sql, type Kysely } from 'kysely';
import { opportunity, type OpportunityRow } from './opportunity.ts';

type Entering = Pick<OpportunityRow, 'id' | 'stage_time'>;

/** Writes down that a deal, new or locked by the transaction, has come into a stage and left the one before. */
export const enterStage = async (tx: Tx, { id, stage_time }: Entering, stage: Stage, reason = ''): Promise<void> => {
  await sql`
    with before as (
      update stage_stay set leave_time = greatest(enter_time, ${stage_time}::timestamptz)
      where opportunity_id = ${id} and leave_time is null returning 1
    )
    insert into stage_stay (opportunity_id, stage_id, stage_name, enter_time, mover_id, reason)
    select ${id}, ${stage.id}, ${stage.name}, ${stage_time}, ${currentCaller().id}, ${reason}
    -- Counted, so that the deal has left one stage before it stands in another.
    from (select count(*) from before) left_before`.execute(tx.sql);
};

type StayRow = ChangeRow & {
  stage_id: string;
  stage_name: string;
  enter_time: string;
  leave_time: string | null;
  mover_id: string;
};

/** Every stay of a deal, the first one first; none for who may not see its stage. Why it came there is told as its history tells it. */
export const listStays = async (
  db: Kysely<any>,
  { id, state }: Pick<OpportunityRow, 'id' | 'state'>,
  caller: Caller,
): Promise<StageStay[]> => {
  if (!queryable(caller, 'opportunity', 'stageId')) return [];
  const { rows } = await sql<StayRow>`
    select stage_stay.*, coalesce(move.before, '{}') as before, coalesce(move.after, '{}') as after
    from stage_stay left join lateral (
      select before, after from history
      where noun = 'opportunity' and record_id = opportunity_id and after ->> 'stageId' = stage_id::text
        and (after ->> 'stageTime')::timestamptz = enter_time limit 1) move on stage_stay.reason <> ''
    where opportunity_id = ${id} order by enter_time, stage_stay.id limit 1000`.execute(db);
  return rows.map((row) => {
    const enterTime = isoTime(row.enter_time);
    const left = row.leave_time && isoTime(row.leave_time);
    const end = left ? new Date(left) : state === 'OPPORTUNITY_STATE_OPEN' ? now() : new Date(enterTime);
    return {
      stageId: row.stage_id,
      stageName: row.stage_name,
      enterTime,
      leaveTime: left || undefined,
      durationSeconds: String(Math.max(0, Math.floor((end.getTime() - Date.parse(enterTime)) / 1_000))),
      moverId: row.mover_id,
      reason: reasonFor(opportunity, caller, row),
    };
  });
};
