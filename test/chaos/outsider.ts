import { replay, type Access, type Event } from '../../docs/guide/partner/follow.ts';
import { until } from '../mesh/person.ts';
import type { Enterprise } from '../mesh/enterprise.ts';
import type { Written } from './ledger.ts';
import type { World } from './world.ts';

/** A partner system that reads along: every lead, and deals as long as they are open. */
export type Outsider = { id: string; user: string; password: string };

const SUBSCRIPTIONS = [
  { noun: 'lead', fields: ['name', 'state'], filter: '' },
  { noun: 'opportunity', fields: ['name', 'state'], filter: 'state = OPEN' },
];
const NOUNS = new Set(SUBSCRIPTIONS.map(({ noun }) => noun));
/** Longer ago than anything that is told here. */
const EVER = new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10);
/** The delivery says every ten seconds how far it is. */
const TOLD_MS = 60_000;

export const letIn = async ({ admin }: Enterprise): Promise<Outsider> => {
  const { partner, user, password } = await admin.post('/v1/partners', {
    name: '数据平台',
    active: true,
    historyFrom: EVER,
    subscriptions: SUBSCRIPTIONS,
  });
  return { id: partner.id, user, password };
};

/** What it has of each record in the end, going by versions as its guide says; `gone` when it may no longer see it. */
export const copyOf = async (world: World, events: Written[]): Promise<Map<string, Event>> => {
  const { admin, mesh } = world.house;
  const { id, ...login } = world.outsider;
  const last = Math.max(0, ...events.filter(({ noun }) => NOUNS.has(noun)).map(({ recorded }) => recorded));
  await until('the delivery to the partner', TOLD_MS, async () => {
    const { delivery } = await admin.get(`/v1/partners/${id}`);
    return delivery && !delivery.filling && Date.parse(delivery.lookedTime ?? EVER) >= last;
  });
  const access: Access = { servers: mesh.address('nats'), ...login };
  const copy = new Map<string, Event>();
  await replay(access, new Date(EVER), async (event) => {
    if (Number(event.sequence) > Number(copy.get(event.subject)?.sequence ?? 0)) copy.set(event.subject, event);
  });
  return copy;
};
