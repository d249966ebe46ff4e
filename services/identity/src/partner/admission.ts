import { OUTSIDE, permissionsIn, spaceOf } from '@pelagic/capabilities/disclosure/space';
import { Algorithms, encodeUser, type Key, type User } from '@nats-io/jwt';
import { timingSafeEqual } from 'node:crypto';
import { hashOf } from '../session/secret.ts';
import type { Admission } from './partner.queries.ts';

/** At its end the server cuts the connection, and the client comes again: what was changed meanwhile holds by then at the latest. */
const ADMITTED_SECONDS = 15 * 60;

/** A client that reads needs a few; questions are short. */
const LIMITS = { subs: 100, payload: 16_384, data: -1 };

/** What a connection is called on the bus: who it is, and by which policy and password it came in. */
export const markOf = ({ bus_user, generation, secret_count }: Admission): string =>
  `${bus_user}.${generation}.${secret_count}`;

/** Is this the partner's password? Takes as long for a partner that does not exist. */
export const isPasswordOf = (admission: Admission | undefined, password: string): admission is Admission => {
  const given = hashOf(password);
  return timingSafeEqual(given, admission?.password_hash ?? Buffer.alloc(given.length)) && admission !== undefined;
};

/** The right to be on the bus, signed for one connection. */
export const admit = (admission: Admission, connectionKey: string, issuer: Key): Promise<string> => {
  const rights: Partial<User> = {
    ...permissionsIn(spaceOf(admission.bus_user, admission.generation)),
    ...LIMITS,
    allowed_connection_types: ['STANDARD', 'WEBSOCKET'],
  };
  return encodeUser(markOf(admission), connectionKey, issuer, rights, {
    aud: OUTSIDE,
    algorithm: Algorithms.v2,
    exp: Math.floor(Date.now() / 1000) + ADMITTED_SECONDS,
  });
};
