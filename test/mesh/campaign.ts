import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Employed, Enterprise } from './enterprise.ts';
import { until, visitor } from './person.ts';

const year = new Date().getUTCFullYear();
const EVER = { fromDate: `${year - 14}-01-01`, toDate: `${year + 15}-12-31` };

const figure = async (marketer: Employed, cube: string, measure: string, campaignId: string): Promise<string> => {
  const filters = [{ dimension: 'campaign', values: [campaignId] }];
  const question = { cube, measures: [measure], period: EVER, filters };
  const { totals } = await marketer.post('/v1/analytics/questions:ask', { question });
  return totals[0].value;
};

/** From a campaign over a stranger’s form to a lead, a deal and the campaign’s figures, through all the services. */
export const fromFormToLead = (house: () => Enterprise) =>
  describe('from a form to a lead', () => {
    let marketer: Employed;
    let seller: Employed;
    beforeAll(async () => {
      marketer = await house().hire('marketer', '市场经理', await house().department('市场部'));
      seller = await house().hire('at-the-fair', '销售经理', await house().department('展会'));
    }, 60_000);

    it('a stranger’s form becomes a lead of the campaign, its deal is credited to it, and nobody is told what is stored', async () => {
      const { departmentId } = await house().admin.get(`/v1/employees/${seller.id}`);
      const campaign = await marketer.post('/v1/campaigns', {
        name: '春季发布会',
        kind: 'CAMPAIGN_KIND_EVENT',
        budget: { amount: '50000', currency: 'CNY' },
        costLines: [{ name: '场地', actual: { amount: '20000', currency: 'CNY' } }],
        stages: [{ name: '筹备' }],
      });
      const form = await marketer.post('/v1/lead-forms', {
        name: '官网表单',
        title: '报名',
        thanks: '谢谢',
        campaignId: campaign.id,
        departmentId,
        fields: [
          { field: 'FORM_FIELD_NAME', required: true },
          { field: 'FORM_FIELD_PHONE', required: true },
        ],
      });
      const stranger = visitor(house().base);
      const at = `/v1/public-forms/${form.publicKey}`;
      expect((await stranger.ask('GET', at)).status).toBe(404);
      await marketer.post(`/v1/lead-forms/${form.id}:setState`, { state: 'LEAD_FORM_STATE_PUBLISHED' });
      const { ticket, ...shown } = await stranger.get(at);
      expect(Object.keys(shown).toSorted()).toEqual(['consent', 'fields', 'intro', 'title']);
      // People take longer than three seconds to fill it in; who is faster is none.
      await sleep(3_500);
      const sent = { ticket, name: '李雷', phone: '13911110002' };
      expect(await stranger.post(`${at}:submit`, sent)).toEqual({ thanks: '谢谢' });
      expect(await stranger.post(`${at}:submit`, sent)).toEqual({ thanks: '谢谢' });

      let lead: any;
      await until('the lead', 60_000, async () => {
        const filter = encodeURIComponent(`campaign_id = "${campaign.id}"`);
        [lead] = (await seller.get(`/v1/leads?filter=${filter}`)).leads;
        return lead !== undefined;
      });
      expect(lead).toMatchObject({ name: '李雷', phones: ['+8613911110002'], source: '官网表单', departmentId });

      await seller.post(`/v1/leads/${lead.id}:assign`, { ownerId: seller.id });
      const { opportunityId } = await seller.post(`/v1/leads/${lead.id}:convert`, {
        createOpportunity: true,
        opportunity: { name: '首次采购', amount: '8000', currency: 'CNY' },
      });
      expect((await seller.get(`/v1/opportunities/${opportunityId}`)).campaignId).toBe(campaign.id);
      await until('the figures', 60_000, async () => {
        const came = await Promise.all([
          figure(marketer, 'lead', 'new_count', campaign.id),
          figure(marketer, 'lead', 'converted_count', campaign.id),
          figure(marketer, 'opportunity', 'new_amount', campaign.id),
        ]);
        return came.map(Number).join() === '1,1,8000';
      });
      expect((await marketer.get(`/v1/campaigns/${campaign.id}`)).actualCost.amount).toBe('20000.00');
    }, 200_000);
  });
