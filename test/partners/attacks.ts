import { READER, REPLAY, spaceOf, type Space } from '@pelagic/capabilities/disclosure/space';

// What a hostile partner tries, of itself, of another whose names it learned, and of everybody.

const STREAM_OPERATIONS = [
  ...['CREATE', 'UPDATE', 'DELETE', 'PURGE', 'MSG.GET', 'MSG.DELETE'],
  ...['SNAPSHOT', 'RESTORE', 'LEADER.STEPDOWN', 'PEER.REMOVE'],
];
const CONSUMER_OPERATIONS = ['CREATE', 'DURABLE.CREATE', 'DELETE', 'PAUSE', 'RESET', 'UNPIN', 'LEADER.STEPDOWN'];

/** Everything that JetStream can be asked of a stream and a consumer, besides reading. */
const operationsOn = (stream: string, consumer: string): string[] => [
  ...STREAM_OPERATIONS.map((operation) => `$JS.API.STREAM.${operation}.${stream}`),
  `$JS.API.DIRECT.GET.${stream}`,
  `$JS.API.DIRECT.GET.${stream}.x`,
  ...['NAMES', 'LIST'].map((operation) => `$JS.API.CONSUMER.${operation}.${stream}`),
  `$JS.API.CONSUMER.CREATE.${stream}`,
  ...CONSUMER_OPERATIONS.map((operation) => `$JS.API.CONSUMER.${operation}.${stream}.${consumer}`),
  `$JS.API.CONSUMER.CREATE.${stream}.${consumer}.x`,
];

const readingOf = (stream: string, consumer: string): string[] => [
  `$JS.API.STREAM.INFO.${stream}`,
  `$JS.API.CONSUMER.INFO.${stream}.${consumer}`,
  `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`,
  `$JS.ACK.${stream}.${consumer}.1.1.1.1.0`,
  `$JS.ACK._.hash.${stream}.${consumer}.1.1.1.1.0.x`,
];

const EVERYWHERE = [
  ...['INFO', 'STREAM.NAMES', 'STREAM.LIST', 'META.LEADER.STEPDOWN', 'SERVER.REMOVE', 'ACCOUNT.PURGE.PARTNERS'].map(
    (operation) => `$JS.API.${operation}`,
  ),
  ...['SERVER.PING', 'SERVER.PING.CONNZ', 'USER.AUTH', 'USER.INFO', 'ACCOUNT.PARTNERS.CONNZ', 'ACCOUNT.CRM.SUBSZ'].map(
    (operation) => `$SYS.REQ.${operation}`,
  ),
  ...['$SYS.ACCOUNT.CRM.CONNECT', '$JS.EVENT.ADVISORY.x', '$JSC.CI.x', '$G.x', 'crm.customer.lead.created.v1'],
  ...['_INBOX_partner_delivery.x', '_INBOX_customer.x', '_R_.x', 'position', '$KV.x.y', '$O.x.C.y', '$MQTT.sub.x'],
];

type Named = { user: string; space: Space };

/** What a partner must not publish, though it knows all names. */
export const publishes = (mine: Named, theirs: Named): string[] => [
  ...[READER, REPLAY, 'another'].flatMap((consumer) => operationsOn(mine.space.stream, consumer)),
  ...[READER, REPLAY].flatMap((consumer) => operationsOn(theirs.space.stream, consumer)),
  ...operationsOn('CUSTOMER', 'customer_reader'),
  // Of a policy that does not hold.
  ...operationsOn(spaceOf(mine.user, 2).stream, READER),
  ...[theirs.space.stream, 'CUSTOMER', spaceOf(mine.user, 2).stream].flatMap((stream) => readingOf(stream, READER)),
  ...[mine, theirs].flatMap(({ space }) => [`${space.prefix}crm.customer.lead.created.v1`, `${space.prefix}position`]),
  ...[theirs.space.hello, theirs.space.replay, `${theirs.space.inbox}.x`],
  ...EVERYWHERE,
];

/** What it must not hear. */
export const subscriptions = (mine: Named, theirs: Named): string[] => [
  ...['>', '*', '$JS.>', '$JS.API.>', '$JS.ACK.>', '$JS.EVENT.>', '$SYS.>', '_INBOX.>', '_INBOX_*.>', '*.hello'],
  ...['*.replay', 'crm.>', 'crm.customer.>', 'ptn_*.>', '*.1.>', '_R_.>', '$SYS.REQ.USER.AUTH'],
  ...[mine.user, `${mine.user}.>`, mine.space.hello, `${mine.space.prefix}>`],
  ...[`${theirs.user}.>`, `${theirs.space.inbox}.>`, `${theirs.space.prefix}>`],
];

/** What it may ask, with what it says: each is answered to whatever reply it names, and no permission looks at that. */
export const questions = ({ space }: Named): [subject: string, body: string][] => [
  [`$JS.API.CONSUMER.MSG.NEXT.${space.stream}.${READER}`, '{"batch":1,"no_wait":true}'],
  [`$JS.API.CONSUMER.INFO.${space.stream}.${READER}`, ''],
  [`$JS.API.STREAM.INFO.${space.stream}`, ''],
  [`$JS.ACK.${space.stream}.${READER}.1.1.1.1.0`, '+ACK'],
  [space.hello, ''],
  [space.replay, '{"from":"2026-01-01T00:00:00Z"}'],
];

/** Replies to smuggle them by: all that can be named without knowing the names of another. */
export const smuggledReplies = (): string[] => [
  ...operationsOn(spaceOf(`ptn_${'0'.repeat(32)}`, 1).stream, READER),
  ...operationsOn('*', '*'),
  ...operationsOn('>', '>'),
  ...operationsOn('CUSTOMER', READER),
  ...EVERYWHERE,
  ...['>', '*', '*.*.crm.x', '*.1.position', '*.hello', 'ptn_*.hello', '_INBOX_*.x', `$JS.API.STREAM.CREATE.${READER}`],
];
