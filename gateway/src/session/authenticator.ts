import { publicCaller } from '@pelagic/chassis/caller';
import { runIn } from '@pelagic/chassis/context';
import { Problem } from '@pelagic/chassis/problem';
import { contract } from '@pelagic/proto/contract';
import type { Upstreams } from '../upstreams.ts';
import type { Credential } from './credential.ts';

/** A caller token is handed out for this long, and never in the last seconds of its life: the call still has to be made with it. */
const FRESH_MS = 2_000;
const REST_OF_LIFE_MS = 3_000;
/** How long identity may take; longer counts as away. Below the five seconds in which a revocation holds. */
const TIMEOUT_MS = 4_000;
const REMEMBERED_MAX = 20_000;

export type SignedIn = {
  /** Of credential and address: who this is as far as the gateway knows. */
  key: string;
  /** Caller token for the services. */
  token: string;
  /** Epoch milliseconds at which the token ends; nobody may be served on it after. */
  endMs: number;
  /** Requests a minute; 0 the default. */
  rateLimit: number;
  /** BCP 47: theirs, or else that of the enterprise. */
  locale: string;
};

export type Authenticator = {
  /**
   * Who the credential is, as identity said at most `maxAgeMs` ago. Throws UNAUTHENTICATED when it does not hold (any
   * more), UNAVAILABLE or DEADLINE_EXCEEDED when identity cannot say: nobody is let in on an old answer.
   */
  authenticate: (credential: Credential, address: string, maxAgeMs?: number) => Promise<SignedIn>;
  /** True when the last answer for this credential was yes and is still fresh. */
  knows: (credential: Credential, address: string) => boolean;
  /** Signed out: the next question goes to identity. */
  forget: (credential: Credential) => void;
};

type Remembered = {
  askedMs: number;
  freshUntilMs: number;
  answer?: SignedIn;
  refusal?: unknown;
  inFlight?: Promise<SignedIn>;
};

const AUTHENTICATE = contract.rpcs.get('crm.identity.v1.CallerService/Authenticate')!;

export const callerKey = (credential: Credential, address: string): string => `${credential.hash}/${address}`;

export const openAuthenticator = (upstreams: Upstreams, now: () => number = Date.now): Authenticator => {
  const remembered = new Map<string, Remembered>();

  const ask = async (credential: Credential, address: string): Promise<SignedIn> => {
    const proof = credential.kind === 'session' ? { sessionToken: credential.secret } : { apiKey: credential.secret };
    // Shared by all who wait for it: none of their deadlines or traces may govern it.
    const context = { caller: publicCaller(address), deadline: Date.now() + TIMEOUT_MS };
    const answer = await runIn(context, () => upstreams.call(AUTHENTICATE, { ...proof, remoteAddress: address }));
    return {
      key: callerKey(credential, address),
      token: String(answer['callerToken'] ?? ''),
      endMs: Date.parse(String(answer['expireTime'])),
      rateLimit: Number(answer['rateLimit'] ?? 0),
      locale: String(answer['locale'] ?? ''),
    };
  };

  const asked = (key: string, credential: Credential, address: string): Promise<SignedIn> => {
    const entry: Remembered = { askedMs: now(), freshUntilMs: 0 };
    remembered.delete(key);
    if (remembered.size >= REMEMBERED_MAX) remembered.delete(remembered.keys().next().value!);
    remembered.set(key, entry);
    entry.inFlight = ask(credential, address)
      .then(
        (answer) => {
          entry.answer = answer;
          entry.freshUntilMs = Math.min(entry.askedMs + FRESH_MS, answer.endMs - REST_OF_LIFE_MS);
          return answer;
        },
        (error: unknown) => {
          // A refusal is an answer and remembered; silence is not.
          if (error instanceof Problem && error.code === 'UNAUTHENTICATED') {
            entry.refusal = error;
            entry.freshUntilMs = entry.askedMs + FRESH_MS;
          }
          throw error;
        },
      )
      .finally(() => delete entry.inFlight);
    return entry.inFlight;
  };

  return {
    authenticate: async (credential, address, maxAgeMs = FRESH_MS) => {
      const key = callerKey(credential, address);
      const entry = remembered.get(key);
      if (entry && now() - entry.askedMs < maxAgeMs) {
        if (entry.inFlight) return entry.inFlight;
        if (now() < entry.freshUntilMs) {
          if (entry.answer) return entry.answer;
          throw entry.refusal;
        }
      }
      return asked(key, credential, address);
    },
    knows: (credential, address) => {
      const entry = remembered.get(callerKey(credential, address));
      return !!entry?.answer && now() < entry.freshUntilMs;
    },
    forget: (credential) => {
      for (const key of remembered.keys()) if (key.startsWith(`${credential.hash}/`)) remembered.delete(key);
    },
  };
};
