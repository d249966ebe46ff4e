import { Algorithms, decode, encodeAuthorizationResponse, type AuthorizationRequest, type KeyPair } from '@nats-io/jwt';
import { fromCurveSeed, fromSeed } from '@nats-io/nkeys';
import type { Msg } from '@nats-io/transport-node';
import type { Database } from '@pelagic/chassis/database';
import type { Log } from '@pelagic/chassis/log';
import type { Part } from '@pelagic/chassis/service';
import { admit, isPasswordOf } from './admission.ts';
import { keepConnected, type BusLogin } from './connection.ts';
import { findAdmission } from './partner.queries.ts';

const REQUESTS = '$SYS.REQ.USER.AUTH';
/** All instances of identity answer, each what comes to it. */
const QUEUE = 'identity';
const SERVER_KEY = 'Nats-Server-Xkey';

export type CalloutKeys = {
  /** Seed of the account key that the server believes (nkey, SA…). */
  issuerSeed: string;
  /** Seed of the curve key that questions are encrypted for (nkey, SX…): they carry passwords. */
  curveSeed: string;
};

type Options = { database: Database; log: Log; login: BusLogin; keys: CalloutKeys };
type Keys = { issuer: KeyPair; curve: KeyPair };

const utf8 = { read: new TextDecoder(), write: new TextEncoder() };

/** The bus asks about everybody whom it does not know by itself: here it hears who is a partner, and what that may do. */
export const callout = ({ database, log, login, keys }: Options): Part => {
  const own: Keys = {
    issuer: fromSeed(utf8.write.encode(keys.issuerSeed)) as KeyPair,
    curve: fromCurveSeed(utf8.write.encode(keys.curveSeed)) as KeyPair,
  };
  const answer = async (message: Msg): Promise<void> => {
    const server = message.headers?.get(SERVER_KEY) ?? '';
    const opened = server ? own.curve.open?.(message.data, server) : undefined;
    // Unencrypted it would be somebody else's question: our server has the key.
    if (!opened) throw new Error('A question of the bus could not be opened.');
    const asked = decode<AuthorizationRequest>(utf8.read.decode(opened)).nats as AuthorizationRequest;
    const { user = '', pass = '' } = asked.connect_opts;
    const admission = await findAdmission(database.sql, user);
    const said = isPasswordOf(admission, pass)
      ? { jwt: await admit(admission, asked.user_nkey, own.issuer) }
      : { error: 'There is no such partner, or its password is another.' };
    const token = await encodeAuthorizationResponse(asked.user_nkey, asked.server_id.id, own.issuer, said, {
      aud: asked.server_id.id,
      algorithm: Algorithms.v2,
    });
    message.respond(own.curve.seal!(utf8.write.encode(token), server));
  };
  return keepConnected({
    name: 'callout',
    login,
    log,
    serve: async (connection) => {
      for await (const message of connection.subscribe(REQUESTS, { queue: QUEUE }))
        void answer(message).catch((error: unknown) =>
          log.warn({ err: error }, 'a question of the bus stays unanswered'),
        );
    },
  });
};
