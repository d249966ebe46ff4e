import { FILE_SETTINGS } from '@pelagic/capabilities/file/settings';
import { secret, text, type Settings } from '@pelagic/chassis/config';

/** What ticket needs from outside beyond what every service needs. */
export const SETTINGS = {
  CUSTOMER_ADDRESS: text('customer, host:port'),
  PELAGIC_DEMO: text('1 while the demo generator tells of the past: no ticket becomes late meanwhile', ''),
  PUBLIC_URL: text('where people reach the product, for links in mail'),
  SMTP_URL: secret(
    'mail server, smtps://user:password@host:465; empty sends none and keeps mail where administrators see it',
    '',
  ),
  MAIL_FROM: text('sender of mail, as Service <service@example.com>', 'Pelagic <no-reply@localhost>'),
  ...FILE_SETTINGS,
} satisfies Settings;
