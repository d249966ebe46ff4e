import { secret, text, type Settings } from '@pelagic/chassis/config';

/** What a service that writes mail needs from outside. */
export const MAIL_SETTINGS = {
  PUBLIC_URL: text('where people reach the product, for links in mail'),
  SMTP_URL: secret(
    'mail server, smtps://user:password@host:465; empty sends none and keeps mail where administrators see it',
    '',
  ),
  MAIL_FROM: text('sender of mail, as Service <service@example.com>', 'Pelagic <no-reply@localhost>'),
} satisfies Settings;
