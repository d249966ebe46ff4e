import { hash, parseOptions, verify, type Options } from '@node-rs/argon2';
import { invalidField } from '@pelagic/chassis/problem';
import { availableParallelism } from 'node:os';
import { limitTo } from './turns.ts';

/** argon2id, 19 MiB, two passes: OWASP ASVS 5.0, appendix C. `algorithm` 2 is argon2id; the package's enum does not exist at run time. */
const PARAMETERS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } satisfies Options;
/** Hashing is 19 MiB and some 30 ms of a core each: a flood of sign-ins waits or is refused, and takes nothing else down. */
const RUNNING_MAX = Math.max(2, availableParallelism() - 1);
const WAITING_MAX = 200;

export const LENGTH_MIN = 12;

/**
 * Passwords of twelve characters and more that stand on top of every list of leaked ones, and their patterns: the
 * shorter ones are refused by length.
 */
const COMMON = ['123456789012', '1234567890', 'qwertyuiop', 'password', 'passw0rd', 'iloveyou', 'qwerty', 'asdfghjkl', 'zxcvbnm', 'administrator', 'letmein', 'welcome', 'woaini', 'admin', 'abc123', 'abcdef', '1q2w3e4r', '1qaz2wsx', 'monkey', 'dragon', 'football', 'baseball', 'sunshine', 'princess', 'changeme', 'changeit', 'default', 'pelagic'];

/** What is left of a password when the words and runs that everybody tries are taken out. */
const remainder = (password: string, words: string[]): string => {
  let rest = password.toLowerCase().normalize('NFKC');
  for (const word of words.toSorted((a, b) => b.length - a.length)) if (word.length > 2) rest = rest.replaceAll(word.toLowerCase(), '');
  // One character again and again, and runs of the alphabet, the digits and years count as one.
  rest = rest.replace(/(.)\1{2,}/g, '$1').replace(/(?:0?123456789|987654321|(?:19|20)\d\d|0123|1234|2345|3456|4567|5678|6789|abcd|efgh)/g, '');
  return rest.replace(/[\s!@#$%^&*._\-+=?]+$/g, '');
};

/**
 * Refuses a password that is too short, common, or made of what everybody knows of the person (login, name,
 * enterprise). No rules about kinds of characters: length is what counts.
 */
export const checkPassword = (password: string, known: string[], field: string): void => {
  if ([...password].length < LENGTH_MIN) throw invalidField(field, 'PASSWORD_TOO_SHORT', `A password needs ${LENGTH_MIN} characters at least.`, { min: LENGTH_MIN });
  const words = known.flatMap((text) => [text, ...text.split(/[\s@.]+/)]);
  if (new Set(password).size < 5 || remainder(password, [...COMMON, ...words]).length < 5) {
    throw invalidField(field, 'PASSWORD_COMMON', 'This password is one of the first that anybody would try. Three or four words that do not belong together make a good one.');
  }
};

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
    verify: async (stored, password) => (await limit(() => verify(stored ?? nobodys, password.normalize('NFKC')))) && stored !== undefined,
    isOld: (stored) => {
      const { memoryCost, timeCost, parallelism } = parseOptions(stored);
      return memoryCost !== PARAMETERS.memoryCost || timeCost !== PARAMETERS.timeCost || parallelism !== PARAMETERS.parallelism;
    },
  };
};
