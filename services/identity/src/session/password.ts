import { hash, parseOptions, verify, type Options } from '@node-rs/argon2';
import { availableParallelism } from 'node:os';
import { limitTo } from './turns.ts';

/** argon2id, 19 MiB, two passes: OWASP ASVS 5.0, appendix C. `algorithm` 2 is argon2id; the package's enum does not exist at run time. */
const PARAMETERS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } satisfies Options;
/** Hashing is 19 MiB and some 30 ms of a core each: a flood of sign-ins waits or is refused, and takes nothing else down. */
const RUNNING_MAX = Math.max(2, availableParallelism() - 1);
const WAITING_MAX = 200;

export type Passwords = {
  hash: (password: string) => Promise<string>;
  /** Also for nobody's: a login that does not exist takes as long as a wrong password. */
  verify: (stored: string | undefined, password: string) => Promise<boolean>;
  /** Was it hashed with other parameters than today's? */
  isOld: (stored: string) => boolean;
};

export const openPasswords = async (): Promise<Passwords> => {
  const limit = limitTo(RUNNING_MAX, WAITING_MAX);
  const nobodys = await hash('nobody has this password', PARAMETERS);
  return {
    hash: (password) => limit(() => hash(password.normalize('NFKC'), PARAMETERS)),
    verify: async (stored, password) =>
      (await limit(() => verify(stored ?? nobodys, password.normalize('NFKC')))) && stored !== undefined,
    isOld: (stored) => {
      const { memoryCost, timeCost, parallelism } = parseOptions(stored);
      return (
        memoryCost !== PARAMETERS.memoryCost ||
        timeCost !== PARAMETERS.timeCost ||
        parallelism !== PARAMETERS.parallelism
      );
    },
  };
};
