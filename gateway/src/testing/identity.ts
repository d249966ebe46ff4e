import { randomBytes } from 'node:crypto';
import type { Log } from '@pelagic/chassis/log';
import { Problem } from '@pelagic/chassis/problem';
import type { Seam } from '@pelagic/chassis/rpc';
import { testCallers, type TestPerson } from '@pelagic/chassis/testing/callers';
import {
  CallerServiceService,
  SessionServiceService,
  type CallerServiceService as CallerService,
} from '@pelagic/proto/crm/identity/v1/session';
import { partly, startService, type TestService } from './services.ts';

const TOKEN_MS = 5_000;

export type TestIdentity = TestService & {
  /** What services verify tokens and load grants with. */
  seam: Seam;
  /** Answers a session token. */
  signIn: (person: TestPerson & { login?: string; password?: string; locale?: string }) => string;
  /** Answers an API key. */
  makeKey: (person: TestPerson, rateLimit?: number) => string;
  revoke: (credential: string) => void;
  /** What Authenticate was asked, in order. */
  asked: { credential: string; address: string }[];
  /** What SignIn was asked with. */
  signIns: { login: string; remoteAddress: string; userAgent: string }[];
  /** Comes back on the same port. */
  restart: () => Promise<void>;
};

/** Sessions and keys of known people: what the gateway needs of identity, over real gRPC, with tokens that are really signed. */
export const startTestIdentity = async (log: Log): Promise<TestIdentity> => {
  const callers = await testCallers();
  const seam: Seam = { log, identify: callers.identify };
  const people = new Map<string, { person: TestPerson; rateLimit: number; locale: string }>();
  const passwords = new Map<string, { password: string; token: string }>();
  const asked: TestIdentity['asked'] = [];
  const signIns: TestIdentity['signIns'] = [];

  const authenticate: Parameters<typeof partly<CallerService>>[2]['authenticate'] = async ({
    credential,
    remoteAddress,
  }) => {
    asked.push({ credential: credential!.value, address: remoteAddress });
    const known = people.get(credential!.value);
    if (!known) throw new Problem('UNAUTHENTICATED', 'SESSION_ENDED', 'This session has ended. Sign in again.');
    const { token } = await callers.token(known.person);
    return {
      callerToken: token,
      expireTime: new Date(Date.now() + TOKEN_MS).toISOString(),
      rateLimit: known.rateLimit,
      locale: known.locale,
    };
  };

  const implementations = [
    partly(seam, CallerServiceService, { authenticate }),
    partly(seam, SessionServiceService, {
      signIn: async ({ login, password, remoteAddress, userAgent }) => {
        signIns.push({ login, remoteAddress, userAgent });
        const known = passwords.get(login);
        if (known?.password !== password)
          throw new Problem('UNAUTHENTICATED', 'WRONG_CREDENTIALS', 'The login or the password is wrong.');
        return { sessionToken: known.token, expireTime: new Date(Date.now() + 3_600_000).toISOString() };
      },
      signOut: async () => ({}),
      updateProfile: async () => ({}),
    }),
  ];
  let service = await startService(implementations);
  const add = (prefix: string, person: TestPerson, rateLimit: number, locale = ''): string => {
    const secret = `${prefix}${randomBytes(32).toString('base64url')}`;
    people.set(secret, { person, rateLimit, locale });
    return secret;
  };

  return {
    seam,
    address: service.address,
    stop: () => service.stop(),
    restart: async () => {
      service = await startService(implementations, Number(service.address.split(':')[1]));
    },
    signIn: ({ login, password, locale, ...person }) => {
      const token = add('', person, 0, locale);
      if (login && password) passwords.set(login, { password, token });
      return token;
    },
    makeKey: (person, rateLimit = 0) => add('plg_', person, rateLimit),
    revoke: (credential) => people.delete(credential),
    asked,
    signIns,
  };
};
