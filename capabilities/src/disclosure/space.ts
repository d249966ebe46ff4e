/** Where on the bus the events for one outsider stand. */
export type Space = {
  /** The stream of one generation of the policy: another policy has another stream. */
  stream: string;
  /** What subjects of events begin with. */
  prefix: string;
  /** Answered by the delivery: where the events stand, and from when on to read them again. */
  hello: string;
  replay: string;
  /** What replies to its questions begin with. */
  inbox: string;
};

/** The account of the bus that outsiders live in; what is inside cannot be named from there. */
export const OUTSIDE = 'PARTNERS';

/** The consumer through which an outsider reads. Its place is kept by the bus. */
export const READER = 'reader';

/** The one that reads again what was sent, from a moment on. */
export const REPLAY = 'replay';

/**
 * All of it begins with the name of the user, which cannot be guessed: JetStream publishes to whatever reply subject it is given,
 * and no permission looks at that.
 */
export const spaceOf = (user: string, generation: number): Space => ({
  stream: `${user}_${generation}`,
  prefix: `${user}.${generation}.`,
  hello: `${user}.hello`,
  replay: `${user}.replay`,
  inbox: `_INBOX_${user}`,
});

/** The user and the generation that a stream is of; undefined for one that is nobody's. */
export const ownerOfStream = (stream: string): { user: string; generation: number } | undefined => {
  const [, user, generation] = /^(ptn_[0-9a-f]{32})_(\d+)$/.exec(stream) ?? [];
  return user ? { user, generation: Number(generation) } : undefined;
};

type Permissions = { pub: { allow: string[]; deny: string[] }; sub: { allow: string[]; deny: string[] } };

/** What an outsider may do: read its own stream through the consumers that were made for it, and nothing else. */
export const permissionsIn = ({ stream, hello, replay, inbox }: Space): Permissions => ({
  pub: {
    allow: [
      hello,
      replay,
      `$JS.API.STREAM.INFO.${stream}`,
      ...[READER, REPLAY].flatMap((consumer) => [
        `$JS.API.CONSUMER.INFO.${stream}.${consumer}`,
        `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`,
        // Both forms: $JS.ACK.<stream>.<consumer>… and, from 2.15 on, $JS.ACK.<domain>.<account>.<stream>.<consumer>…
        `$JS.ACK.${stream}.${consumer}.>`,
        `$JS.ACK.*.*.${stream}.${consumer}.>`,
      ]),
    ],
    deny: [],
  },
  sub: { allow: [`${inbox}.>`], deny: [] },
});
