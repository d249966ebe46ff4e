import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAccount, createCurve, fromCurveSeed, fromSeed } from '@nats-io/nkeys';
import { DOOR_USERS, type PartnerDoor } from './engines/nats-partners.ts';
import { Failure } from './failure.ts';

/** An Ed25519 key as RFC 8037 writes it. */
export interface Jwk {
  kty?: string;
  crv?: string;
  x?: string;
  /** The private half. */
  d?: string;
  kid?: string;
  alg?: string;
  use?: string;
}

/** Everything secret of one installation. Made once; a process that joins later gets its own at the next start. */
export interface Secrets {
  /** Password of PostgreSQL's superuser. */
  postgres: string;
  /** By process. */
  databases: Record<string, string>;
  bus: Record<string, string>;
  services: Record<string, string>;
  /** Ed25519 private key (JWK with kid) that identity signs callers with. */
  signingKey: Jwk;
  /** Seeds of the keys (nkeys) that identity answers the bus with. */
  callout: { issuer: string; curve: string };
  /** What the secrets of webhooks are made from. */
  webhooks: string;
}

/** Reads the secrets of a data folder and makes what is missing for the given processes. */
export function loadSecrets(dataDir: string, processes: string[]): Secrets {
  const file = join(dataDir, 'secrets.json');
  const known = existsSync(file) ? parse(file) : {};
  const secrets: Secrets = {
    postgres: known.postgres ?? password(),
    databases: completed(known.databases, processes),
    bus: completed(known.bus, [...processes, ...Object.values(DOOR_USERS)]),
    services: completed(known.services, processes),
    signingKey: known.signingKey ?? newSigningKey(),
    callout: known.callout ?? { issuer: seedOf(createAccount()), curve: seedOf(createCurve()) },
    webhooks: known.webhooks ?? password(),
  };
  // Renamed into place: cut short by a full disk, it would lock us out of the database.
  const draft = `${file}.new`;
  writeFileSync(draft, JSON.stringify(secrets, undefined, 2), { mode: 0o600, flush: true });
  renameSync(draft, file);
  return secrets;
}

/** The public half of the signing key, as a JWK set that any service may know. */
export function tokenKeys(signingKey: Jwk): { keys: Jwk[] } {
  const { d: _private, ...open } = signingKey;
  return { keys: [open] };
}

/** What the bus is told of the keys that identity answers with, and the passwords of who answers. */
export function partnerDoor({ callout, bus }: Secrets): PartnerDoor {
  const bytes = (seed: string) => new TextEncoder().encode(seed);
  return {
    issuer: fromSeed(bytes(callout.issuer)).getPublicKey(),
    curve: fromCurveSeed(bytes(callout.curve)).getPublicKey(),
    passwords: Object.fromEntries(Object.values(DOOR_USERS).map((name) => [name, bus[name] ?? ''])),
  };
}

/** What identity needs to let partners in and to sign what is posted to them. */
export function partnerSecrets({ callout, bus, webhooks }: Secrets): Record<string, string> {
  return {
    CALLOUT_ISSUER_SEED: callout.issuer,
    CALLOUT_CURVE_SEED: callout.curve,
    CALLOUT_PASSWORD: bus[DOOR_USERS.callout] ?? '',
    SWEEP_PASSWORD: bus[DOOR_USERS.sweep] ?? '',
    WEBHOOK_KEY: webhooks,
  };
}

/** What the delivery needs to write for partners. */
export function deliverySecrets({ bus }: Secrets): Record<string, string> {
  return { DELIVERY_PASSWORD: bus[DOOR_USERS.delivery] ?? '' };
}

function seedOf(key: { getSeed(): Uint8Array }): string {
  return new TextDecoder().decode(key.getSeed());
}

/** What identity knows of the services' secrets: SHA-256 in hex, by service. */
export function hashedServiceSecrets(secrets: Secrets): Record<string, string> {
  const hash = (secret: string) => createHash('sha256').update(secret).digest('hex');
  return Object.fromEntries(Object.entries(secrets.services).map(([name, secret]) => [name, hash(secret)]));
}

function parse(file: string): Partial<Secrets> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>;
  } catch {
    throw new Failure(
      `${file} cannot be read as JSON.`,
      'Put it back from a copy: without it the database cannot be opened. Or start over with `npm run reset` (this deletes the data).',
    );
  }
}

function completed(known: Record<string, string> | undefined, names: string[]): Record<string, string> {
  return { ...Object.fromEntries(names.map((name) => [name, password()])), ...known };
}

/** 192 random bits, in letters that need no escaping in a URL or a configuration file. */
function password(): string {
  return randomBytes(24).toString('base64url');
}

function newSigningKey(): Jwk {
  const key: Jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  // RFC 7638: the thumbprint of the required members in their alphabetical order.
  const thumbprint = JSON.stringify({ crv: key.crv, kty: key.kty, x: key.x });
  return { ...key, kid: createHash('sha256').update(thumbprint).digest('base64url'), alg: 'EdDSA', use: 'sig' };
}
