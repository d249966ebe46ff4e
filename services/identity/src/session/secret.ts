import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits, in letters that a URL and a header take as they are. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** How such a secret is kept: it cannot be guessed, so a plain hash is enough. */
export const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** Is this the secret with that SHA-256 (hex)? Takes as long for a wrong one, and for a name that has none. */
export const isSecret = (secret: string, sha256: string | undefined): boolean => {
  const expected = Buffer.from(sha256 ?? '', 'hex');
  const given = hashOf(secret);
  return (
    timingSafeEqual(given, expected.length === given.length ? expected : Buffer.alloc(given.length)) &&
    expected.length === given.length
  );
};
