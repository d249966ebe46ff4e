import type { Pipeline } from '@pelagic/proto/crm/sales/v1/pipeline';
import type { Command } from './commands.ts';
import type { Person } from './organization.ts';
import type { Random } from './random.ts';
import { atWork } from './story.ts';

export type Deal = { id: string; person: Person; time: Date; customerId: string };

const DAY = 86_400_000;

/** A deal's way through the pipeline: forward stage by stage, until it is won, lost, found to be none, or still open. */
export const planMoves = (random: Random, { id, person, time }: Deal, pipeline: Pipeline, end: Date): Command[] => {
  const open = pipeline.stages.filter(({ category }) => !/WON|LOST|INVALID/.test(category));
  const closing = (category: string) =>
    pipeline.stages.find((stage) => stage.category === `STAGE_CATEGORY_${category}`)!;
  const moves: Command[] = [];
  let at = time;
  const move = (stageId: string, more: object = {}) =>
    moves.push({
      rpc: 'crm.sales.v1.OpportunityService/MoveOpportunity',
      request: { id, stageId, ...more },
      actor: person.id,
      time: at,
    });
  for (const stage of [...open.slice(1), undefined]) {
    at = atWork(random, new Date(at.getTime() + random.whole(2, 28) * DAY), { begin: at, end });
    if (at >= end) return moves;
    const fate = random.next();
    if (fate < 0.12) {
      move(closing('LOST').id, { lostReason: random.pick(pipeline.lostReasons), closeNote: '' });
      return moves;
    }
    if (fate < 0.14) {
      move(closing('INVALID').id, { reason: '需求不成立' });
      return moves;
    }
    if (!stage) {
      if (fate < 0.75) move(closing('WON').id, { closeNote: '签约' });
      else move(closing('LOST').id, { lostReason: random.pick(pipeline.lostReasons) });
      return moves;
    }
    move(stage.id);
  }
  return moves;
};
