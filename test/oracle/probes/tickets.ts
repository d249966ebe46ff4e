import { every, readingOf, sample, verdict, type Probe } from '../judge.ts';

/** What was said on a ticket is seen with it, also while it lies in the recycle bin. */
export const conversations: Probe = async (probing) => {
  const { door, decide } = probing;
  for (const ticket of sample(probing, every(probing, 'ticket'), 4)) {
    const answer = await door.rest('GET', `/v1/tickets/${ticket.id}/messages`);
    decide('ticket messages', door.name, `ticket ${ticket.id}`, {
      oracle: readingOf(probing, ticket),
      product: verdict(answer),
    });
  }
};
