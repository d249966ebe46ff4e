import type { Delivery } from '@pelagic/proto/crm/identity/v1/partner';

/** When an id of version 7 was made: posted again, an event says the same. */
const timeOf = (id: string): string => new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toISOString();

/** What the delivery says of itself, in the same envelope as the events of records. */
export const ownBody = (id: string, type: string, { generation, subscriptions, fromTime }: Delivery): string =>
  JSON.stringify({
    specversion: '1.0',
    id,
    source: '/pelagic/webhook',
    type,
    time: timeOf(id),
    datacontenttype: 'application/json',
    data: { generation, nouns: subscriptions.map(({ noun }) => noun), from: fromTime },
  });
