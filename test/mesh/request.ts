import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Employed, Enterprise } from './enterprise.ts';
import { until, visitor, type Person } from './person.ts';

/** From a stranger's request over a ticket of a known contact to the answer that comes back over the link, through all the services. */
export const fromFormToTicket = (house: () => Enterprise) =>
  describe('from a request to a ticket', () => {
    let agent: Employed;
    let stranger: Person;
    let token: string;
    let ticket: any;

    beforeAll(async () => {
      agent = await house().hire('desk', '客服经理', await house().department('客服部'));
      stranger = visitor(house().base);
    }, 60_000);

    const find = async (number: string) => {
      await until('the ticket', 60_000, async () => {
        [ticket] = (await agent.get(`/v1/tickets?query=${encodeURIComponent(number)}`)).tickets;
        return ticket !== undefined;
      });
    };
    const follow = () => stranger.post('/v1/followed-tickets:read', { token });

    it('becomes a ticket of the queue and of the one who has the address', async () => {
      const customer = await house().admin.post('/v1/customers', { name: '远东船舶' });
      const known = { name: '韩梅梅', customerId: customer.id, emails: ['han@fareast.example.com'] };
      const contact = await house().admin.post('/v1/contacts', known);
      const { departmentId } = await house().admin.get(`/v1/employees/${agent.id}`);
      const form = { open: true, title: '联系客服', tellsDue: true };
      const queue = await agent.post('/v1/queues', { name: '网上请求', departmentId, active: true, form });
      const at = `/v1/ticket-forms/${queue.publicKey}`;
      const { ticket: page, ...shown } = await stranger.get(at);
      expect(shown).toEqual({ title: '联系客服', intro: '', consent: '' });
      // People take longer than three seconds to fill it in; who is faster is none.
      await sleep(3_500);
      const written = {
        subject: '岸桥报警',
        description: '每十分钟一次',
        name: '韩梅梅',
        email: 'Han@fareast.example.com',
      };
      const told = await stranger.post(`${at}:submit`, { ticket: page, ...written });
      expect(await stranger.post(`${at}:submit`, { ticket: page, ...written })).toEqual(told);
      token = told.token;
      expect(await follow()).toMatchObject({ number: told.number, state: 'FOLLOWED_STATE_RECEIVED' });
      await find(told.number);
      await until('its customer', 30_000, async () => {
        await find(told.number);
        return ticket.customerId === customer.id;
      });
      expect(ticket).toMatchObject({ contactId: contact.id, channel: 'TICKET_CHANNEL_FORM', queueId: queue.id });
    }, 150_000);

    it('is answered, and answered back, over the link alone', async () => {
      await agent.post(`/v1/tickets/${ticket.id}:claim`, {});
      const say = (kind: string, body: string) =>
        agent.post('/v1/ticket-messages', { ticketId: ticket.id, kind: `TICKET_MESSAGE_KIND_${kind}`, body });
      await say('NOTE', '传感器批次有问题');
      await say('ANSWER', '请提供序列号');
      await agent.post(`/v1/tickets/${ticket.id}:setState`, { state: 'TICKET_STATE_PENDING_CUSTOMER' });
      const shown = await follow();
      expect(shown).toMatchObject({ state: 'FOLLOWED_STATE_WAITING_FOR_YOU', messages: [{ body: '请提供序列号' }] });
      expect(JSON.stringify(shown)).not.toMatch(/传感器|fareast|desk/);
      await stranger.post('/v1/followed-tickets:answer', { token, body: 'SN-88231' });
      const { state } = await agent.get(`/v1/tickets/${ticket.id}`);
      expect(state).toBe('TICKET_STATE_OPEN');
      const { ticketMessages } = await agent.get(`/v1/tickets/${ticket.id}/messages`);
      expect(ticketMessages[0]).toMatchObject({ kind: 'TICKET_MESSAGE_KIND_CUSTOMER', body: 'SN-88231' });
      const wrong = await stranger.ask('POST', '/v1/followed-tickets:read', { token: `${token.slice(0, -2)}xx` });
      expect(wrong).toMatchObject({ status: 404, body: { reason: 'NO_SUCH_LINK' } });
    });
  });
