import { runCommands, type Command } from './commands.ts';
import type { Span } from './extent.ts';
import type { Organization } from './organization.ts';
import { seeded, type Random } from './random.ts';
import type { LeadPlan } from './story.ts';

const DAY = 86_400_000;
const SEED = 12;
/** Of the leads that come while a campaign runs, how many come of it. */
const LEAD_SHARE = 0.35;

const PLANS: { name: string; kind: string; budget: number; costs: string[]; stages: string[] }[] = [
  {
    name: '春季新品发布会',
    kind: 'EVENT',
    budget: 280_000,
    costs: ['场地', '搭建', '物料', '嘉宾差旅'],
    stages: ['筹备', '邀约', '现场', '回访'],
  },
  {
    name: '华东制造业展会',
    kind: 'EVENT',
    budget: 160_000,
    costs: ['展位', '搭建', '样机运输'],
    stages: ['报名', '布展', '展期', '线索清洗'],
  },
  {
    name: '搜索引擎投放',
    kind: 'ADVERTISING',
    budget: 120_000,
    costs: ['点击费用', '落地页设计'],
    stages: ['关键词', '投放', '优化'],
  },
  {
    name: '行业白皮书',
    kind: 'CONTENT',
    budget: 45_000,
    costs: ['调研', '撰写与设计'],
    stages: ['选题', '撰写', '发布'],
  },
  { name: '老客户推荐计划', kind: 'EMAIL', budget: 30_000, costs: ['礼品'], stages: ['名单', '发送', '兑现'] },
  { name: '短视频专栏', kind: 'SOCIAL', budget: 68_000, costs: ['拍摄', '投流'], stages: ['脚本', '拍摄', '发布'] },
];

const day = (time: number) => new Date(time).toISOString().slice(0, 10);
const money = (amount: number) => ({ amount: amount.toFixed(2), currency: 'CNY' });

type CampaignPlan = { start: number; end: number; create: Command; moves: string[] };

/** Two a season over the two years, each for some weeks: those of the past are done, the last ones run or are planned. */
const planCampaigns = (random: Random, { clerk }: Organization, span: Span): CampaignPlan[] => {
  const step = (span.end.getTime() - span.begin.getTime()) / 12;
  return Array.from({ length: 12 }, (_, index) => {
    const { name, kind, budget, costs, stages } = PLANS[index % PLANS.length]!;
    const start = span.begin.getTime() + index * step + random.whole(3, 15) * DAY;
    const end = start + random.whole(30, 55) * DAY;
    const done = end < span.end.getTime();
    const begun = start < span.end.getTime();
    const campaign = {
      name: `${new Date(start).getUTCFullYear()} ${name}`,
      kind: `CAMPAIGN_KIND_${kind}`,
      budget: money(budget),
      expectedRevenue: money(budget * random.whole(4, 9)),
      startDate: day(start),
      endDate: day(end),
      stages: stages.map((stage, at) => ({
        name: stage,
        dueDate: day(start + ((at + 1) * (end - start)) / stages.length),
        done: done || (begun && at === 0),
      })),
      costLines: costs.map((cost) => {
        const planned = Math.round(budget / costs.length / 100) * 100;
        return {
          name: cost,
          date: day(start),
          planned: money(planned),
          ...(begun && { actual: money((planned * random.whole(85, 112)) / 100) }),
        };
      }),
    };
    const time = new Date(start - 14 * DAY < span.begin.getTime() ? span.begin.getTime() + DAY : start - 14 * DAY);
    return {
      start,
      end,
      moves: done ? ['RUNNING', 'DONE'] : begun ? ['RUNNING'] : [],
      create: { rpc: 'crm.marketing.v1.CampaignService/CreateCampaign', request: { campaign }, actor: clerk.id, time },
    };
  });
};

/** Makes the campaigns, and lets leads that come while one runs come of it. Draws chance of its own: the rest of the story stays as it is. */
export const makeCampaigns = async (org: Organization, leads: LeadPlan[], span: Span): Promise<number> => {
  const random = seeded(SEED);
  const { token, today, clerk } = org;
  const plans = planCampaigns(random, org, span);
  const made = await runCommands<{ campaign: { id: string } }>(
    'marketing',
    plans.map(({ create }) => create),
    token,
    today,
  );
  const campaigns = plans.map((plan, index) => ({ ...plan, id: made[index]!.campaign.id }));
  const moves = campaigns.flatMap(({ id, start, end, moves: states }) =>
    states.map((state): Command => ({
      rpc: 'crm.marketing.v1.CampaignService/SetCampaignState',
      request: { id, state: `CAMPAIGN_STATE_${state}` },
      actor: clerk.id,
      time: new Date(state === 'DONE' ? end : start),
    })),
  );
  await runCommands('marketing', moves, token, today);
  for (const { time, create } of leads) {
    const at = time.getTime();
    const running = campaigns.filter(({ start, end }) => at >= start && at < end);
    if (!running.length || !random.chance(LEAD_SHARE)) continue;
    (create.request as { lead: Record<string, unknown> }).lead['campaignId'] = random.pick(running).id;
  }
  return campaigns.length;
};
