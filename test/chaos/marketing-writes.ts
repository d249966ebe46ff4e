import { answered, attempt } from './history.ts';
import { change, changed, create, created, keep, phone, tokenOf, type Writer } from './writer.ts';

/** Whoever sends a form sooner is taken for a robot. */
const FILLED_IN_MS = 3_500;

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

/** A stranger opens the page of a form; another, who opened it a while ago, sends it. Each comes from an address of their own. */
export const sendForm = async (writer: Writer): Promise<void> => {
  const { stranger, form, opened, random, history, index } = writer;
  const at = `/v1/public-forms/${form}`;
  const from = { 'x-forwarded-for': `10.${[1, 2, 3].map(() => random.whole(1, 250)).join('.')}` };
  const { status, body } = await answered(stranger.ask('GET', at, undefined, from));
  if (status === 200) keep(opened, { ticket: body.ticket, from, since: history.now() });
  const due = opened.findIndex(({ since }) => history.now() - since > FILLED_IN_MS);
  if (due < 0) return;
  const [page] = opened.splice(due, 1);
  const name = tokenOf(writer);
  const write = {
    kind: 'form send',
    writer: index,
    requestId: name,
    effects: [created('form_submission', 'name', name)],
  };
  const sent = { ticket: page!.ticket, name, phone: phone() };
  await attempt(history, write, () => stranger.ask('POST', `${at}:submit`, sent, page!.from));
};
