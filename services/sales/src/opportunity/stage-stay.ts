import type { StageStay } from '@pelagic/proto/crm/sales/v1/opportunity';
import type { Stage } from '@pelagic/proto/crm/sales/v1/pipeline';
import { isoTime } from '@pelagic/capabilities/record/mapping';
import { now } from '@pelagic/chassis/clock';
import { currentCaller } from '@pelagic/chassis/context';
import type { Tx } from '@pelagic/chassis/database';
import { sql, type Kysely } from 'kysely';
import type { OpportunityRow } from './opportunity.ts';

type Entering = Pick<OpportunityRow, 'id' | 'stage_time'>;

/** Writes down the first stage of a new deal. */
export const beginStay = async (tx: Tx, { id, stage_time }: Entering, stage: Stage, reason = ''): Promise<void> => {
  await tx.sql
    .insertInto('stage_stay')
    .values({
      opportunity_id: id,
      stage_id: stage.id,
      stage_name: stage.name,
      enter_time: stage_time,
      mover_id: currentCaller().id,
      reason,
    })
    .execute();
};

/** Writes down that a deal, locked by the transaction, has come into a stage and left the one before. */
export const enterStage = async (tx: Tx, row: Entering, stage: Stage, reason = ''): Promise<void> => {
  await sql`update stage_stay set leave_time = greatest(enter_time, ${row.stage_time}::timestamptz) where opportunity_id = ${row.id} and leave_time is null`.execute(
    tx.sql,
  );
  await beginStay(tx, row, stage, reason);
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
