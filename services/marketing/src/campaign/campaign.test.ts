import { Campaign } from '@pelagic/proto/crm/marketing/v1/campaign';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CAMPAIGNS, startMarketingService } from '../testing.ts';

type Started = Awaited<ReturnType<typeof startMarketingService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let ann: Person;

beforeAll(async () => {
  started = await startMarketingService();
  ann = await started.person({ permissions: CAMPAIGNS });
});
afterAll(() => started.stop());

const draft = (fields: object = {}): Campaign =>
  Campaign.fromJSON({ name: '春季发布会', kind: 'CAMPAIGN_KIND_EVENT', ...fields });
const create = async (fields: object = {}, person = ann) =>
  (await person.campaigns.createCampaign({ campaign: draft(fields), requestId: '', validateOnly: false })).campaign!;
const update = async (id: string, fields: object, updateMask: string[]) =>
  (await ann.campaigns.updateCampaign({ id, campaign: draft(fields), updateMask })).campaign!;
const money = (amount: string) => ({ amount, currency: 'CNY' });
/** As a person sends lines back: what they are worth is not theirs to say. */
const sentBack = ({ costLines }: Campaign) =>
  costLines.map((line) => ({ ...line, actual: line.actual && money(line.actual.amount) }));

describe('a campaign', () => {
  it('is numbered, belongs to who plans it, and sums its lines', async () => {
    const made = await create({
      budget: money('50000'),
      costLines: [
        { name: '场地', planned: money('20000'), actual: money('21000.50') },
        { name: '物料', planned: money('3000.10') },
      ],
      stages: [{ name: '筹备' }, { name: '执行' }],
    });
    expect(made.number).toMatch(/^CAMP-\d{4}-\d{6}$/);
    expect(made).toMatchObject({
      state: 'CAMPAIGN_STATE_PLANNED',
      ownerId: ann.id,
      departmentId: ann.departmentId,
      budget: { amount: '50000.00', baseAmount: '50000.00' },
      plannedCost: { amount: '23000.10' },
      actualCost: { amount: '21000.50' },
    });
    expect(made.stages.map(({ id }) => id).every(Boolean)).toBe(true);
    expect(await started.events(made.id)).toEqual(['crm.marketing.campaign.created.v1']);
  });

  it('keeps the lines that stand, and tells nothing when nothing changes', async () => {
    const made = await create({ costLines: [{ name: '广告', actual: money('100') }] });
    const same = await update(made.id, { costLines: sentBack(made), name: made.name }, ['name', 'cost_lines']);
    expect(same.version).toBe(1);
    const more = await update(made.id, { costLines: [...sentBack(made), { name: '礼品', actual: money('50') }] }, [
      'cost_lines',
    ]);
    expect(more.costLines[0]).toEqual(made.costLines[0]);
    expect(more.actualCost?.amount).toBe('150.00');
    const none = await update(made.id, { costLines: [] }, ['cost_lines']);
    expect(none.actualCost).toBeUndefined();
  });

  it.each([
    [{ name: ' ' }, 'campaign.name'],
    [{ kind: 'CAMPAIGN_KIND_UNSPECIFIED' }, 'campaign.kind'],
    [{ startDate: '2026-05-02', endDate: '2026-05-01' }, 'campaign.endDate'],
    [{ budget: money('-1') }, 'campaign.budget.amount'],
    [{ costLines: [{ name: 'x', actual: money('1.001') }] }, 'campaign.costLines[0].actual.amount'],
    [{ costLines: [{ name: '' }] }, 'campaign.costLines[0].name'],
  ])('refuses %j, naming the field', async (fields, field) => {
    await expect(create(fields)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', fields: [{ field }] });
  });

  it('moves from plan to archive, and is settled there', async () => {
    const { id } = await create();
    const move = async (state: string) =>
      (await ann.campaigns.setCampaignState({ id, state: `CAMPAIGN_STATE_${state}` as never, version: 0 })).campaign!;
    await expect(move('DONE')).rejects.toMatchObject({ reason: 'CAMPAIGN_STATE_NOT_NEXT' });
    for (const state of ['RUNNING', 'PAUSED', 'RUNNING', 'DONE', 'ARCHIVED']) await move(state);
    await expect(update(id, { name: 'x' }, ['name'])).rejects.toMatchObject({ reason: 'CAMPAIGN_ARCHIVED' });
    expect((await move('DONE')).version).toBe(7);
  });

  it('is found by its budget’s worth and its words, by who may see it', async () => {
    const made = await create({ name: '深海展会', budget: money('987654.32') });
    const other = await started.person({ permissions: { 'campaign.read': 'OWN' } });
    const list = async (person: Person, fields: object) => {
      const page = { pageSize: 0, pageToken: '', filter: '', orderBy: '', query: '', deleted: false, count: false };
      return (await person.campaigns.listCampaigns({ ...page, ...fields })).campaigns.map(({ id }) => id);
    };
    expect(await list(ann, { filter: 'budget > 900000', orderBy: 'budget desc' })).toEqual([made.id]);
    expect(await list(ann, { query: '深海' })).toEqual([made.id]);
    expect(await list(other, { query: '深海' })).toEqual([]);
    await expect(other.campaigns.getCampaign({ id: made.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
