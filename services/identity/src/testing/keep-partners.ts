import { Partner } from '@pelagic/proto/crm/identity/v1/partner';
import type { TestIdentity } from './start-identity.ts';

/** Every command that there is for partners, once. */
export const keepPartners = async (
  { partners, webhooks }: Pick<TestIdentity, 'partners' | 'webhooks'>,
  as: () => Promise<{ token: string }>,
): Promise<void> => {
  const partner = Partner.fromJSON({ name: '数据平台', active: true, webhookUrl: 'https://receiver.example/crm' });
  const { id } = (await partners.createPartner({ partner }, await as())).partner!;
  await partners.updatePartner({ id, partner: { ...partner, note: '备注' }, updateMask: ['note'] }, await as());
  await partners.rotatePartnerSecret({ id }, await as());
  const named = { partnerId: id };
  const { id: event } = await webhooks.sendTestWebhook(named, await as());
  await webhooks.resendWebhookEvents({ ...named, ids: [event], failedSince: undefined }, await as());
  await webhooks.stopWebhook(named, await as());
  await webhooks.startWebhook(named, await as());
};
