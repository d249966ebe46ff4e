import { generateKeyPairSync } from 'node:crypto';
import { connect } from '@pelagic/chassis/client';
import { signToken } from '@pelagic/chassis/caller';
import { asProblem } from '@pelagic/chassis/problem';
import { CallerServiceService } from '@pelagic/proto/crm/identity/v1/session';
import type { Mesh } from '../../deploy/local/mesh.ts';
import type { Sender } from './people.ts';

export type Who = 'administrator' | 'salesperson' | 'service' | 'nobody' | 'garbage' | 'expired' | 'forged';

/** Caller tokens as the gateway has them, and some that nobody should believe. */
export type Tokens = { of: (who: Who) => Promise<string>; renew: () => void };

/** Tokens live five seconds. */
const REUSE_MS = 2_500;

const keyOf = (jwk: object): Promise<CryptoKey> =>
  crypto.subtle.importKey('jwk', jwk, { name: 'Ed25519' }, false, ['sign']);

export const openTokens = async ({ mesh, senders }: { mesh: Mesh; senders: Sender[] }): Promise<Tokens> => {
  const callers = connect(CallerServiceService, mesh.address('identity'));
  const { secrets } = mesh.around;
  const stranger = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const claims = { sub: 'customer', kind: 'service' } as const;
  const expired = await signToken(claims, await keyOf(secrets.signingKey), -60);
  const forged = await signToken(claims, await keyOf(stranger), 600);
  const kept = new Map<Who, { token: string; until: number }>();

  /** Their session may have been ended by what was sent last: they sign in again. */
  const ofPerson = async (role: string, again = true): Promise<string> => {
    const sender = senders.find((each) => each.role === role)!;
    const { cookie = '' } = await sender.headers();
    const value = cookie.slice(cookie.indexOf('=') + 1);
    const credential = { $case: 'sessionToken', value } as const;
    try {
      return (await callers.authenticate({ credential, remoteAddress: '127.0.0.1' })).callerToken;
    } catch (error) {
      if (!again || asProblem(error).code !== 'UNAUTHENTICATED') throw error;
      sender.renew();
      return ofPerson(role, false);
    }
  };
  const ofService = async (): Promise<string> =>
    (await callers.issueServiceToken({ service: 'customer', secret: secrets.services['customer']! })).callerToken;

  const fresh = async (who: Who): Promise<string> => {
    const known = kept.get(who);
    if (known && known.until > Date.now()) return known.token;
    const token = who === 'service' ? await ofService() : await ofPerson(who);
    kept.set(who, { token, until: Date.now() + REUSE_MS });
    return token;
  };

  return {
    of: async (who) => {
      if (who === 'nobody') return '';
      if (who === 'garbage') return 'not.a.token';
      if (who === 'expired') return expired;
      return who === 'forged' ? forged : fresh(who);
    },
    renew: () => {
      kept.clear();
      for (const sender of senders) sender.renew();
    },
  };
};
