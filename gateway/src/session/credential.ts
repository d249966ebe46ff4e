import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Problem } from '@pelagic/chassis/problem';

/** What a request proves its sender with. */
export type Credential = {
  kind: 'session' | 'apiKey';
  secret: string;
  /** Stands for the secret in keys and maps. */
  hash: string;
};

/** Opaque tokens of identity are 256 bits in base64url, with room for a prefix. */
const SESSION = /^[\w-]{20,200}$/;
const API_KEY = /^Bearer (plg_[\w-]{20,200})$/i;

const credential = (kind: Credential['kind'], secret: string): Credential => ({
  kind,
  secret,
  hash: createHash('sha256').update(`${kind}:${secret}`).digest('base64url'),
});

/**
 * The credential of a request: an API key in the Authorization header or else the session's cookie. undefined when there
 * is none. Throws UNAUTHENTICATED for an Authorization header of any other form: it was meant to be a credential.
 */
export const credentialOf = (authorization: string | undefined, cookie: string | undefined): Credential | undefined => {
  if (authorization) {
    const key = API_KEY.exec(authorization)?.[1];
    if (!key)
      throw new Problem(
        'UNAUTHENTICATED',
        'CREDENTIAL_MALFORMED',
        'The Authorization header must be Bearer and an API key.',
      );
    return credential('apiKey', key);
  }
  return cookie && SESSION.test(cookie) ? credential('session', cookie) : undefined;
};

const BASIC = /^Basic ([\w+/=]{1,1000})$/i;

/** The Authorization header that a client of ClickHouse means: the API key is the password, whoever the user is. */
export const clickhouseAuthorization = (headers: IncomingHttpHeaders): string | undefined => {
  const key = headers['x-clickhouse-key'];
  if (!headers.authorization && typeof key === 'string') return `Bearer ${key}`;
  const basic = BASIC.exec(headers.authorization ?? '')?.[1];
  if (!basic) return headers.authorization;
  const text = Buffer.from(basic, 'base64').toString();
  return `Bearer ${text.slice(text.indexOf(':') + 1)}`;
};
