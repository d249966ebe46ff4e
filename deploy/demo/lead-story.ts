import type { Command } from './commands.ts';
import type { Random } from './random.ts';
import type { Span } from './extent.ts';
import { after, planActivities, type LeadPlan } from './story.ts';

const DAY = 86_400_000;

/** What happens to a lead until it is converted or given up: assigned, followed up, qualified or not. */
export const leadStory = (
  random: Random,
  { person, time, create, convert }: LeadPlan,
  id: string,
  span: Span,
): Command[] => {
  const story: Command[] = [];
  const assigned = create.actor === person.id;
  let at = time;
  if (!assigned && (convert || random.chance(0.9))) {
    at = after(random, at, 2, span.end);
    story.push({
      rpc: 'crm.customer.v1.LeadService/AssignLead',
      request: { id, ownerId: person.id },
      actor: create.actor,
      time: at,
    });
  }
  if (!assigned && !story.length) return story;
  const to = new Date(Math.min(at.getTime() + 12 * DAY, span.end.getTime()));
  const subject = { noun: 'lead', id, owner: person, from: at, to } as const;
  const calls = planActivities(random, subject, random.whole(convert ? 1 : 0, 3), span.end);
  const end = new Date(Math.min(to.getTime() + DAY, span.end.getTime()));
  const set = (state: string, reason = ''): Command => ({
    rpc: 'crm.customer.v1.LeadService/SetLeadState',
    request: { id, state: `LEAD_STATE_${state}`, ...(reason && { reason }) },
    actor: person.id,
    time: end,
  });
  story.push(...calls);
  if (convert) story.push(set('QUALIFIED'));
  else if (random.chance(0.25))
    story.push(set('INVALID', random.pick(['空号', '没有需求', '重复线索', '不在服务区域'])));
  else if (calls.length && random.chance(0.2)) story.push(set('QUALIFIED'));
  return story;
};
