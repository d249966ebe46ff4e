import type { StageStay } from '@pelagic/proto/crm/sales/v1/opportunity';
import type { Stage } from '@pelagic/proto/crm/sales/v1/pipeline';
import { isoTime } from '@pelagic/capabilities/record/mapping';
import { now } from '@pelagic/chassis/clock';
import { currentCaller } from '@pelagic/chassis/context';
import type { Tx } from '@pelagic/chassis/database';
import { sql, type Kysely } from 'kysely';
import type { OpportunityRow } from './opportunity.ts';

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

type StayRow = {
  stage_id: string;
  stage_name: string;
  enter_time: string;
  leave_time: string | null;
  mover_id: string;
  reason: string;
};

/** Every stay of a deal, the first one first. */
export const listStays = async (
  db: Kysely<any>,
  { id, state }: Pick<OpportunityRow, 'id' | 'state'>,
): Promise<StageStay[]> => {
  const { rows } =
    await sql<StayRow>`select * from stage_stay where opportunity_id = ${id} order by enter_time, id limit 1000`.execute(
      db,
    );
  return rows.map(({ stage_id, stage_name, enter_time, leave_time, mover_id, reason }) => {
    const enterTime = isoTime(enter_time);
    const end = leave_time ? new Date(leave_time) : state === 'OPPORTUNITY_STATE_OPEN' ? now() : new Date(enterTime);
    return {
      stageId: stage_id,
      stageName: stage_name,
      enterTime,
      leaveTime: leave_time ? isoTime(leave_time) : undefined,
      durationSeconds: String(Math.max(0, Math.floor((end.getTime() - Date.parse(enterTime)) / 1_000))),
      moverId: mover_id,
      reason,
    };
  });
};
