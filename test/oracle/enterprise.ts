import { foundEnterprise, type Enterprise } from '../mesh/enterprise.ts';

/** The oracle asks more than a thousand people would. */
const RATE = String(1_000_000);

const SERVICES = ['identity', 'customer', 'sales', 'analytics'];

/** An enterprise with everything that decides who sees what; without pages for browsers. */
export const foundForOracle = (): Promise<Enterprise> =>
  foundEnterprise({
    only: [...SERVICES, 'gateway'],
    env: { gateway: { SESSION_RATE: RATE, KEY_RATE: RATE, ADDRESS_RATE: RATE, SIGN_IN_RATE: RATE } },
  });
