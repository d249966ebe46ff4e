import type { Database } from '@pelagic/chassis/database';
import type { Log } from '@pelagic/chassis/log';
import type { JSONWebKeySet } from 'jose';
import type { Passwords } from './session/password.ts';
import type { SignInGuard } from './session/sign-in-guard.ts';

/** What the nouns of this service work with; made once at start. */
export type IdentityService = {
  database: Database;
  log: Log;
  passwords: Passwords;
  guard: SignInGuard;
  /** Signs caller tokens; nobody else has it. */
  signingKey: CryptoKey;
  tokenKeys: JSONWebKeySet;
  /** SHA-256 in hex of each service's secret, by service. */
  serviceSecrets: Record<string, string>;
  /** Where people reach the product, for one-time links. */
  publicUrl: string;
};
