import { sendPublicForm } from './stranger-writes.ts';
import { change, changed, create, created, keep, phone, tokenOf, type Writer } from './writer.ts';

const money = (writer: Writer) => ({ amount: `${writer.random.whole(1, 90_000)}.50`, currency: 'CNY' });

/** Campaigns are the administrator's: sellers make none. */
export const createCampaign = async (writer: Writer): Promise<void> => {
  const name = tokenOf(writer);
  const campaign = {
    name,
    kind: 'CAMPAIGN_KIND_EVENT',
    budget: money(writer),
    costLines: [{ name, planned: money(writer), actual: money(writer) }],
  };
  const asked = { ...writer, person: writer.admin };
  const made = await create(asked, 'campaign create', '/v1/campaigns', campaign, created('campaign', 'name', name));
  if (made) keep(writer.campaigns, { id: made.id, version: made.version, ownerId: '' });
};

export const updateCampaign = async (writer: Writer): Promise<void> => {
  if (!writer.campaigns.length) return createCampaign(writer);
  const note = tokenOf(writer);
  const costLines = [1, 2].map((nth) => ({ name: `${note} ${nth}`, actual: money(writer) }));
  await change(
    { ...writer, person: writer.admin },
    'campaign update',
    writer.random.pick(writer.campaigns),
    [changed('campaign', 'note', note)],
    ({ id, version }) => writer.admin.ask('PATCH', `/v1/campaigns/${id}`, { note, costLines, version }),
    '/v1/campaigns',
  );
};

/** A stranger leaves their name and number on a campaign's form. */
export const sendForm = (writer: Writer): Promise<void> =>
  sendPublicForm(writer, {
    kind: 'form send',
    at: `/v1/public-forms/${writer.form}`,
    opened: writer.opened,
    effect: (name) => created('form_submission', 'name', name),
    written: (name) => ({ name, phone: phone() }),
  });
