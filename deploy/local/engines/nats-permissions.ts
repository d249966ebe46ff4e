/** Who connects to the bus, and what for. */
export interface NatsUser {
  /** The service's name: it owns the stream of that name in capitals and the subjects `crm.<name>.>`. */
  name: string;
  password: string;
  /** True for a service with events of its own; false for one that only listens. */
  publishes: boolean;
  /** Durable consumers that it reads through; absent for who reads through short-lived ones with names of the moment. */
  durables?: string[];
}

export interface NatsPermissions {
  publish: string[];
  /** What of `publish` is taken away again. */
  never: string[];
  subscribe: string[];
}

const READING = [
  '$JS.API.INFO',
  '$JS.API.STREAM.NAMES',
  '$JS.API.STREAM.INFO.*',
  '$JS.API.STREAM.MSG.GET.*',
  '$JS.API.DIRECT.GET.>',
];

/** Short-lived consumers acknowledge nothing. */
const PASSING = ['CREATE.*.*', 'CREATE.*.*.>', 'INFO.*.*', 'MSG.NEXT.*.*', 'DELETE.*.*'].map(
  (operation) => `$JS.API.CONSUMER.${operation}`,
);

const standing = (durable: string): string[] => [
  // A consumer of several subjects is made in the old way.
  `$JS.API.CONSUMER.DURABLE.CREATE.*.${durable}`,
  `$JS.API.CONSUMER.CREATE.*.${durable}`,
  `$JS.API.CONSUMER.CREATE.*.${durable}.>`,
  `$JS.API.CONSUMER.INFO.*.${durable}`,
  `$JS.API.CONSUMER.MSG.NEXT.*.${durable}`,
  `$JS.API.CONSUMER.RESET.*.${durable}`,
  // Both forms: $JS.ACK.<stream>.<consumer>… and, from 2.15 on, $JS.ACK.<domain>.<account>.<stream>.<consumer>…
  `$JS.ACK.*.${durable}.>`,
  `$JS.ACK.*.*.*.${durable}.>`,
];

/**
 * What a user may do: publish its own events and create its own stream, read every stream through consumers of its own,
 * and nothing else. Deleting and purging a stream is nobody's right, and what another's durable consumer has read and
 * acknowledged is nobody else's to change: a service that reads through passing ones is kept from the names of all
 * durables. Replies come to a private inbox, for who may listen to `_INBOX.>` reads everybody's (connect with
 * `inboxPrefix: "_INBOX_<name>"`).
 */
export function permissionsOf(user: NatsUser, all: NatsUser[]): NatsPermissions {
  const stream = user.name.toUpperCase();
  const own = [`crm.${user.name}.>`, `$JS.API.STREAM.CREATE.${stream}`, `$JS.API.STREAM.UPDATE.${stream}`];
  return {
    publish: [...(user.publishes ? own : []), ...READING, ...(user.durables?.flatMap(standing) ?? PASSING)],
    never: user.durables
      ? []
      : all.flatMap(({ durables = [] }) =>
          durables.flatMap((durable) => [...standing(durable), `$JS.API.CONSUMER.DELETE.*.${durable}`]),
        ),
    subscribe: [`_INBOX_${user.name}.>`],
  };
}
