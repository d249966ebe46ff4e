import { WITHOUT_PAGES } from '../../deploy/local/processes.ts';
import { foundEnterprise, type Enterprise } from '../mesh/enterprise.ts';

/** The oracle asks more than a thousand people would. */
const RATE = String(1_000_000);

/** An enterprise with everything that decides who sees what; without pages for browsers. */
export const foundForOracle = (): Promise<Enterprise> =>
  foundEnterprise({
    only: WITHOUT_PAGES,
    env: { gateway: { SESSION_RATE: RATE, KEY_RATE: RATE, ADDRESS_RATE: RATE, SIGN_IN_RATE: RATE } },
  });
