/** Who connects to the bus, and what for. */
export interface NatsUser {
  /** The service's name: it owns the stream of that name in capitals and the subjects `crm.<name>.>`. */
  name: string;
  password: string;
  /** True for a service with events of its own; false for one that only listens. */
  publishes: boolean;
}

export interface NatsPermissions {
  publish: string[];
  subscribe: string[];
}

/**
 * What a user may do: publish its own events and create its own stream, read every stream, and nothing else. Deleting
 * and purging a stream is nobody's right. Replies come to a private inbox, for who may listen to `_INBOX.>` reads
 * everybody's (connect with `inboxPrefix: "_INBOX_<name>"`).
 */
export function permissionsOf(user: NatsUser): NatsPermissions {
  const stream = user.name.toUpperCase();
  const own = [`crm.${user.name}.>`, `$JS.API.STREAM.CREATE.${stream}`, `$JS.API.STREAM.UPDATE.${stream}`];
  const reading = [
    '$JS.API.INFO',
    '$JS.API.STREAM.NAMES',
    '$JS.API.STREAM.INFO.*',
    '$JS.API.STREAM.MSG.GET.*',
    '$JS.API.DIRECT.GET.>',
    '$JS.API.CONSUMER.>',
    // Holds both forms: $JS.ACK.<stream>.<consumer>… and, from 2.15 on, $JS.ACK.<domain>.<account>.<stream>.<consumer>…
    '$JS.ACK.>',
    '$JS.FC.>',
  ];
  return { publish: user.publishes ? [...own, ...reading] : reading, subscribe: [`_INBOX_${user.name}.>`] };
}
