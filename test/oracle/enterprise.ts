import { foundEnterprise, type Enterprise } from '../mesh/enterprise.ts';

/** The oracle asks more than a thousand people would. */
const RATE = String(1_000_000);

/** Runs in every process before its own first line; see `mutants.ts`. */
type Options = { preload?: string };

const SERVICES = ['identity', 'customer', 'sales', 'analytics'];

/** An enterprise with everything that decides who sees what; without pages for browsers. */
export const foundForOracle = ({ preload }: Options = {}): Promise<Enterprise> => {
  const more: Record<string, string> = preload ? { NODE_OPTIONS: `--import=${preload}` } : {};
  const rates = { SESSION_RATE: RATE, KEY_RATE: RATE, ADDRESS_RATE: RATE, SIGN_IN_RATE: RATE };
  return foundEnterprise({
    only: [...SERVICES, 'gateway'],
    env: { ...Object.fromEntries(SERVICES.map((name) => [name, more])), gateway: { ...more, ...rates } },
  });
};
