import { invalidField } from '@pelagic/chassis/problem';

export const LENGTH_MIN = 12;
/** Fewer different characters than this are a pattern, however long. */
const DIFFERENT_MIN = 5;

/** Some 49,000 of the most common passwords, from zxcvbn. Loaded when somebody sets a password, which is seldom. */
let common: Promise<Set<string>> | undefined;
const commonPasswords = (): Promise<Set<string>> =>
  (common ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => new Set(dictionary['passwords-common'])));

/** What is left without the digits and signs that people put around a word to please a rule. */
const core = (password: string): string => password.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');

/** One step up or down from each character to the next: 123456789012, abcdefghijkl. */
const isRun = (password: string): boolean => {
  const steps = [...password]
    .slice(1)
    .map((character, index) => character.codePointAt(0)! - password.codePointAt(index)!);
  return steps.filter((step) => Math.abs(step) <= 1 || Math.abs(step) === 9).length >= steps.length - 1;
};

const isCommon = (password: string, list: Set<string>, known: string[]): boolean => {
  const lower = password.toLowerCase();
  const word = core(lower);
  if (new Set(lower).size < DIFFERENT_MIN || isRun(lower)) return true;
  if (list.has(lower) || list.has(word)) return true;
  // What everybody knows of the person, with little else around it.
  return known
    .flatMap((text) => [text, ...text.split(/[\s@.]+/)])
    .map((text) => text.toLowerCase().trim())
    .filter((text) => text.length > 2)
    .some((text) => core(lower.replaceAll(text, '')).length < 4 && lower.includes(text));
};

/**
 * Refuses a password that is short, common, or made of what everybody knows of the person (login, name, enterprise).
 * No rules about kinds of characters, and any character is welcome: length is what counts (OWASP ASVS 5.0, 6.2).
 */
export const checkPassword = async (password: string, known: string[], field: string): Promise<void> => {
  if ([...password].length < LENGTH_MIN)
    throw invalidField(field, 'PASSWORD_TOO_SHORT', `A password needs ${LENGTH_MIN} characters at least.`, {
      min: LENGTH_MIN,
    });
  if (isCommon(password.normalize('NFKC'), await commonPasswords(), known)) {
    throw invalidField(
      field,
      'PASSWORD_COMMON',
      'This password is one of the first that anybody would try. Three or four words that do not belong together make a good one.',
    );
  }
};
