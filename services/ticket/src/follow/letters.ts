import { writeMail } from '@pelagic/capabilities/mail/mail';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { enterprise } from '@pelagic/chassis/enterprise';
import { languageOf } from '@pelagic/proto/language';
import type { TicketService } from '../ticket-service.ts';
import type { TicketRow } from '../ticket/ticket.ts';
import { rememberLink, tokenOf } from './follow-link.ts';

type Told = Pick<
  TicketRow,
  'id' | 'version' | 'number' | 'name' | 'requester_name' | 'requester_email' | 'requester_locale'
>;

const WORDS = {
  zh: {
    greeting: (name: string) => (name ? `${name}，您好：` : '您好：'),
    action: '查看进展或回复',
    raised: (number: string) =>
      `我们已收到您的请求，编号 ${number}。凭下面的链接可以查看进展、补充说明；请勿转发给他人。`,
    answered: '客服回复了您的请求：',
    solved: '您的请求已解决。如果问题仍在，请通过下面的链接回复，我们会继续处理。',
  },
  en: {
    greeting: (name: string) => (name ? `Dear ${name},` : 'Hello,'),
    action: 'Follow it or answer',
    raised: (number: string) =>
      `We have received your request; its number is ${number}. The link below shows what becomes of it and lets you answer. Whoever has it can do so: keep it to yourself.`,
    answered: 'Customer service has answered your request:',
    solved: 'Your request has been solved. If it is not, answer over the link below and we will go on with it.',
  },
};

type Words = (typeof WORDS)['zh'];

/** Writes to whoever asked, where they left an address, in their language, with the link. The demo's past is told to nobody. */
const write = async (
  { linkSecret }: TicketService,
  tx: Tx,
  ticket: Told,
  caller: Caller,
  { cause, says }: { cause: string; says: (words: Words) => string[] },
): Promise<void> => {
  const { id, number, name, requester_email: recipient } = ticket;
  if (!recipient || caller.clock || caller.imported) return;
  const locale = ticket.requester_locale || enterprise().locale;
  const words = WORDS[languageOf(locale)];
  await rememberLink(tx, id, tokenOf(linkSecret, id));
  await writeMail(tx, {
    cause,
    recipient,
    locale,
    subject: `[${number}] ${name}`,
    body: [words.greeting(ticket.requester_name), ...says(words)].join('\n\n'),
    action: words.action,
    recordNoun: 'ticket',
    recordId: id,
  });
};

export const tellRaised = (service: TicketService, tx: Tx, ticket: Told, caller: Caller): Promise<void> =>
  write(service, tx, ticket, caller, {
    cause: `ticket/${ticket.id}/raised`,
    says: (words) => [words.raised(ticket.number)],
  });

export const tellAnswered = (
  service: TicketService,
  tx: Tx,
  ticket: Told,
  message: { id: string; body: string },
  caller: Caller,
): Promise<void> =>
  write(service, tx, ticket, caller, {
    cause: `ticket_message/${message.id}`,
    says: (words) => [words.answered, message.body],
  });

/** Once for each time that it is solved. */
export const tellSolved = (service: TicketService, tx: Tx, ticket: Told, caller: Caller): Promise<void> =>
  write(service, tx, ticket, caller, {
    cause: `ticket/${ticket.id}/solved/${ticket.version}`,
    says: (words) => [words.solved],
  });
