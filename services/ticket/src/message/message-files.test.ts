import { Attachment } from '@pelagic/proto/crm/capability/v1/attachment';
import { TicketMessage, Ticket } from '@pelagic/proto/crm/ticket/v1/ticket';
import { Queue } from '@pelagic/proto/crm/ticket/v1/queue';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rememberLink, tokenOf } from '../follow/follow-link.ts';
import { startTicketService, TICKETS } from '../testing.ts';

type Started = Awaited<ReturnType<typeof startTicketService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let ann: Person;
let ticketId: string;
let token: string;

beforeAll(async () => {
  started = await startTicketService();
  ann = await started.person({ permissions: TICKETS });
  await ann.queues.createQueue({ queue: Queue.fromJSON({ name: '客户服务', active: true }), requestId: '' });
});
afterAll(() => started.stop());

beforeEach(async () => {
  const ticket = Ticket.fromJSON({ name: '打印机不工作', requesterName: '李雷' });
  ticketId = (await ann.tickets.createTicket({ ticket, requestId: '', validateOnly: false })).ticket!.id;
  token = tokenOf(started.service.linkSecret, ticketId);
  await started.database.transact((tx) => rememberLink(tx, ticketId, token));
});

const say = async (kind: string, fileIds: string[], person = ann) => {
  const said = { ticketId, kind: `TICKET_MESSAGE_KIND_${kind}`, body: '见附件', fileIds };
  const ticketMessage = TicketMessage.fromJSON(said);
  return (await person.tickets.addTicketMessage({ ticketMessage, requestId: '' })).ticketMessage!;
};
const hanging = () =>
  ann.attachments.listAttachments({
    service: 'ticket',
    noun: 'ticket',
    recordId: ticketId,
    pageSize: 0,
    pageToken: '',
  });
const followed = async () =>
  (await started.strangers.followTicket({ token })).followedTicket!.messages.map(({ files }) =>
    files.map(({ name, size }) => `${name} ${size}`),
  );
const download = async (fileId: string, by = token) => {
  let text = '';
  for await (const { part } of started.strangers.downloadFollowedFile({ token: by, fileId }))
    if (part?.$case === 'chunk') text += part.value.toString();
  return text;
};

describe('what comes with an answer', () => {
  it('hangs on the ticket, and its customer has it over the link', async () => {
    const fileId = await started.upload(ann.id, '说明书.txt', '先重启');
    expect((await say('ANSWER', [fileId])).fileIds).toEqual([fileId]);
    expect((await hanging()).attachments).toMatchObject([{ fileId, name: '说明书.txt', creatorId: ann.id }]);
    expect(await followed()).toEqual([['说明书.txt 9']]);
    expect(await download(fileId)).toBe('先重启');
    await expect(download(fileId, 'x'.repeat(43))).rejects.toMatchObject({ reason: 'NO_SUCH_LINK' });
  });

  it('is no longer the customer’s once it is taken off the ticket', async () => {
    const fileId = await started.upload(ann.id, '说明书.txt', '先重启');
    await say('ANSWER', [fileId]);
    const { id } = (await hanging()).attachments[0]!;
    await ann.attachments.removeAttachment({ service: 'ticket', id, version: 0 });
    expect(await followed()).toEqual([[]]);
    await expect(download(fileId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('never reaches the customer from a note, nor what hangs on the ticket by itself', async () => {
    const fileId = await started.upload(ann.id, '内部.txt', '客户很急');
    await say('NOTE', [fileId]);
    expect(await followed()).toEqual([]);
    await expect(download(fileId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const other = await started.upload(ann.id, '另一个.txt', 'x');
    const attachment = Attachment.fromJSON({ recordNoun: 'ticket', recordId: ticketId, fileId: other });
    await ann.attachments.addAttachment({ service: 'ticket', attachment, requestId: '' });
    await expect(download(other)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is an upload of who answers, once; else nothing is said', async () => {
    const bob = await started.person({ permissions: TICKETS });
    const fileId = await started.upload(bob.id, 'a.txt', 'a');
    const refusal = { fields: [{ field: 'ticketMessage.fileIds[0]', reason: 'UNKNOWN_FILE' }] };
    await expect(say('ANSWER', [fileId])).rejects.toMatchObject(refusal);
    await say('ANSWER', [fileId], bob);
    await expect(say('ANSWER', [fileId], bob)).rejects.toMatchObject(refusal);
    expect(await followed()).toHaveLength(1);
  });
});
