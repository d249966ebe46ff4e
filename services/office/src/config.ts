import { FILE_SETTINGS } from '@pelagic/capabilities/file/settings';
import { MAIL_SETTINGS } from '@pelagic/capabilities/mail/settings';
import { text, type Settings } from '@pelagic/chassis/config';
import { KEEPERS } from './link/linked.ts';

const addressOf = (keeper: string): string => `${keeper.toUpperCase()}_ADDRESS`;

/** `<SERVICE>_ADDRESS` of each service whose records something here can be about. */
const ADDRESS_SETTINGS: Record<string, ReturnType<typeof text>> = Object.fromEntries(
  KEEPERS.map((keeper) => [addressOf(keeper), text(`${keeper}, host:port`)]),
);

/** What office needs from outside beyond what every service needs. */
export const SETTINGS = {
  ...FILE_SETTINGS,
  ...MAIL_SETTINGS,
  ...ADDRESS_SETTINGS,
} satisfies Settings;

/** Address by service. */
export const keepersIn = (config: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(KEEPERS.map((keeper) => [keeper, String(config[addressOf(keeper)])]));
