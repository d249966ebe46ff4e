/** What lets partners in: identity answers for them, and the delivery writes for them. */
export interface PartnerDoor {
  /** Public nkey of the account key that identity signs with. */
  issuer: string;
  /** Public curve nkey that questions to identity are encrypted for: they carry passwords. */
  curve: string;
  /** By user of `DOOR_USERS`. */
  passwords: Record<string, string>;
}

/** Users of the bus beside those of the services: each in an account of its own. */
export const DOOR_USERS = {
  /** Answers whether somebody is a partner. */
  callout: 'partner_callout',
  /** Cuts off who no longer is. */
  sweep: 'partner_sweep',
  /** Writes what partners read. */
  delivery: 'partner_delivery',
} as const;

/** Far more than partners with a stream and two consumers each. */
const STREAMS_MAX = 2_000;
const CONSUMERS_MAX = 4_000;

const quoted = (value: string | string[]): string => JSON.stringify(value);

const user = (name: string, password: string, publish: string[], subscribe: string[]): string =>
  `{ user: ${quoted(name)}, password: ${quoted(password)}, permissions: { publish: { allow: ${quoted(publish)} }, subscribe: { allow: ${quoted(subscribe)} } } }`;

/** Who looks for guests and cuts them off: the one user of the system account. */
export function systemUsers({ passwords }: PartnerDoor): string {
  const { sweep } = DOOR_USERS;
  const publish = ['$SYS.REQ.SERVER.PING.CONNZ', '$SYS.REQ.SERVER.*.KICK'];
  return `users: [ ${user(sweep, passwords[sweep]!, publish, [`_INBOX_${sweep}.>`])} ]`;
}

/**
 * Partners live in an account of their own: no subject that they could name is one of the services'. They have no static
 * users; whoever is none of `services` is asked about, and what the answer permits is all that holds for them.
 */
export function partnerAccounts({ passwords }: PartnerDoor): string {
  const { callout, delivery } = DOOR_USERS;
  // Answers go to inboxes of the server.
  const answering = user(callout, passwords[callout]!, ['_R_.>', '$SYS._INBOX.>'], ['$SYS.REQ.USER.AUTH']);
  const publish = ['>'];
  const writing = user(delivery, passwords[delivery]!, publish, ['*.hello', '*.replay', `_INBOX_${delivery}.>`]);
  return `  AUTH: { users: [ ${answering} ] }
  PARTNERS: {
    jetstream: { max_streams: ${STREAMS_MAX}, max_consumers: ${CONSUMERS_MAX} }
    users: [ ${writing} ]
  }
`;
}

/** Users of before connect without anybody's answer; everybody else is identity's to know. */
export function calloutOf({ issuer, curve }: PartnerDoor, services: string[]): string {
  const known = [...services, ...Object.values(DOOR_USERS)];
  return `authorization {
  auth_callout { issuer: ${issuer}, xkey: ${curve}, account: AUTH, auth_users: ${quoted(known)} }
}
`;
}
