import { Problem } from '@pelagic/chassis/problem';
import type { Authenticator, SignedIn } from './authenticator.ts';
import type { Credential } from './credential.ts';

const EVERY_MS = 2_000;
/** Answers of identity this old are good enough for a look; together with EVERY_MS well below 5 s. */
const MAX_AGE_MS = 1_000;

/** Identity says no. Trouble of its own is no answer: then the token's end decides. */
const isOut = (error: unknown): boolean =>
  error instanceof Problem && (error.code === 'UNAUTHENTICATED' || error.code === 'PERMISSION_DENIED');

/**
 * Asks again and again whether a caller may still be served, for answers that take long: event streams, downloads.
 * `out` is called once: within 3 s of identity's no, or, when identity is silent, at the end of the last token.
 * Returns how to stop watching.
 */
export const watchCaller = (
  authenticator: Authenticator,
  credential: Credential,
  signedIn: SignedIn,
  address: string,
  out: () => void,
): (() => void) => {
  let stopped = false;
  const stop = () => {
    stopped = true;
    clearTimeout(look);
    clearTimeout(end);
  };
  const leave = () => {
    if (stopped) return;
    stop();
    out();
  };
  const again = async (): Promise<void> => {
    try {
      const { endMs } = await authenticator.authenticate(credential, address, MAX_AGE_MS);
      if (stopped) return;
      clearTimeout(end);
      end = setTimeout(leave, endMs - Date.now());
    } catch (error) {
      if (isOut(error)) return leave();
    }
    if (!stopped) look = setTimeout(() => void again(), EVERY_MS);
  };
  let look = setTimeout(() => void again(), EVERY_MS);
  let end = setTimeout(leave, signedIn.endMs - Date.now());
  return stop;
};
