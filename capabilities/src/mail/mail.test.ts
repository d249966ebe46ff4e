import { createServer } from 'node:net';
import { openDatabase, type Database } from '@pelagic/chassis/database';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { publicCaller } from '@pelagic/chassis/caller';
import { testDatabase } from '@pelagic/chassis/testing/engines';
import { sql } from 'kysely';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CAPABILITY_MIGRATIONS } from '../migrations.ts';
import { mailHandlers } from './mail.handlers.ts';
import { writeMail, type Letter } from './mail.ts';
import { openTransport, sendDue } from './send-mail.ts';

const PLACE = { publicUrl: 'https://crm.example.com', linkOf: (_: string, id: string) => `/follow#of-${id}` };
const OPTIONS = { ...PLACE, from: 'Service <service@example.com>' };
const NOBODY = publicCaller();

let database: Database;
let drop: () => Promise<void>;
let server: SMTPServer;
let port: number;
let received: { to: string; raw: string }[] = [];
let cut = false;

const listen = async (): Promise<void> => {
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, done) => {
      const refusal = Object.assign(new Error('No such mailbox'), { responseCode: 550 });
      return address.startsWith('nobody') ? done(refusal) : done();
    },
    onData: (stream, session, done) => {
      let raw = '';
      stream.on('data', (chunk: Buffer) => (raw += chunk.toString()));
      stream.on('end', () => {
        const [to] = session.envelope.rcptTo;
        received.push({ to: to!.address, raw });
        // The server took it and the line breaks before it can say so.
        if (cut) server.connections.forEach((each) => (each as unknown as { close: () => void }).close());
        else done();
      });
    },
  });
  await new Promise<void>((ready) => server.listen(port, '127.0.0.1', () => ready()));
};

beforeAll(async () => {
  const probe = createServer();
  await new Promise<void>((ready) => probe.listen(0, '127.0.0.1', () => ready()));
  port = (probe.address() as { port: number }).port;
  await new Promise((closed) => probe.close(closed));
  const { url, drop: dropIt } = await testDatabase('mail');
  drop = dropIt;
  database = await openDatabase({ url, entities: [], migrations: [CAPABILITY_MIGRATIONS] });
  await database.start();
  await listen();
});
afterAll(async () => {
  await new Promise<void>((closed) => server.close(() => closed()));
  await database.stop();
  await drop();
});
beforeEach(async () => {
  [received, cut] = [[], false];
  await sql`delete from mail`.execute(database.sql);
});

const letter = (fields: Partial<Letter> = {}): Letter => ({
  cause: uuidv7(),
  recipient: 'li@example.com',
  locale: 'zh-CN',
  subject: '[TICK-2026-000001] 打印机坏了',
  body: '李雷，您好：\n\n我们已收到您的请求。',
  action: '查看进展或回复',
  recordNoun: 'ticket',
  recordId: uuidv7(),
  ...fields,
});
const write = (...letters: Letter[]) =>
  database.transact(async (tx) => {
    for (const each of letters) await writeMail(tx, each);
  });
const send = () => sendDue(database, openTransport(`smtp://127.0.0.1:${port}`), OPTIONS);
const handlers = () => mailHandlers({ service: 'ticket', database, place: PLACE });
const PAGE = { service: 'ticket', state: 'MAIL_STATE_UNSPECIFIED', pageSize: 0, pageToken: '' } as const;
const mails = async () => (await handlers().listMails(PAGE, NOBODY)).mails;
/** As if the time to the next try had passed. */
const later = () => sql`update mail set next_time = now()`.execute(database.sql);
const header = (raw: string, name: string) =>
  new RegExp(`^${name}: (.*)$`, 'im').exec(raw.split('\r\n\r\n')[0]!)?.[1]?.trim();

describe('a mail', () => {
  it('goes out once for what it tells of, in both forms, with the link', async () => {
    const told = letter();
    await write(told, told);
    await write({ ...told, subject: 'again' });
    await Promise.all([send(), send(), send()]);
    expect(received).toHaveLength(1);
    const [{ to, raw }] = received as [{ to: string; raw: string }];
    expect(to).toBe('li@example.com');
    expect(header(raw, 'From')).toBe('Service <service@example.com>');
    expect(header(raw, 'Auto-Submitted')).toBe('auto-generated');
    expect(raw).toMatch(/multipart\/alternative/);
    const [mail] = await mails();
    expect(mail).toMatchObject({ state: 'MAIL_STATE_SENT', attempts: 1, recordId: told.recordId });
    const { text, html } = await handlers().getMail({ service: 'ticket', id: mail!.id }, NOBODY);
    expect(text).toContain(`https://crm.example.com/follow#of-${told.recordId}`);
    expect(html).toContain('<html lang="zh-CN">');
    await expect(handlers().resendMail({ service: 'ticket', id: mail!.id }, NOBODY)).rejects.toMatchObject({
      reason: 'MAIL_SENT',
    });
  });

  it('keeps what people wrote into it as text, and adds no line to its head', async () => {
    const wicked = '<img src=x onerror=alert(1)>"\'&';
    await write(letter({ subject: `${wicked}\r\nBcc: all@example.com`, body: wicked, action: wicked }));
    await send();
    expect(received.map(({ to }) => to)).toEqual(['li@example.com']);
    expect(header(received[0]!.raw, 'Bcc')).toBeUndefined();
    const [mail] = await mails();
    const { html, text } = await handlers().getMail({ service: 'ticket', id: mail!.id }, NOBODY);
    expect(html).not.toMatch(/<img|<script/);
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;');
    expect(text).toContain(wicked);
  });

  it('to an address that the server refuses has failed at once, and says why', async () => {
    await write(letter({ recipient: 'nobody@example.com' }), letter());
    await send();
    const states = (await mails()).map(({ recipient, state, error }) => [
      recipient,
      state,
      error.includes('No such mailbox'),
    ]);
    expect(new Set(states.map(String))).toEqual(
      new Set(['nobody@example.com,MAIL_STATE_FAILED,true', 'li@example.com,MAIL_STATE_SENT,false']),
    );
  });

  it('waits while the server is away, longer each time, and goes out when it is back', async () => {
    await new Promise<void>((closed) => server.close(() => closed()));
    await write(letter());
    await send();
    const [first] = await mails();
    expect(first).toMatchObject({ state: 'MAIL_STATE_WAITING', attempts: 1 });
    expect(first!.error).toMatch(/ECONNREFUSED/);
    await send();
    expect((await mails())[0]!.attempts).toBe(1);
    await later();
    await send();
    const [second] = await mails();
    expect(Date.parse(second!.nextTime!) - Date.now()).toBeGreaterThan(50_000);
    await listen();
    await handlers().resendMail({ service: 'ticket', id: second!.id }, NOBODY);
    await send();
    expect((await mails())[0]).toMatchObject({ state: 'MAIL_STATE_SENT', error: '' });
    expect(received).toHaveLength(1);
  });

  it('is given up after a day of tries', async () => {
    await new Promise<void>((closed) => server.close(() => closed()));
    await write(letter());
    await sql`update mail set attempts = 23`.execute(database.sql);
    await send();
    expect(await mails()).toMatchObject([{ state: 'MAIL_STATE_FAILED', attempts: 24 }]);
    await listen();
  });

  it('is sent at least once: a try that nobody answered is repeated under the same Message-ID', async () => {
    cut = true;
    await write(letter());
    await send();
    expect((await mails())[0]).toMatchObject({ state: 'MAIL_STATE_WAITING' });
    cut = false;
    await later();
    await send();
    expect((await mails())[0]).toMatchObject({ state: 'MAIL_STATE_SENT', attempts: 2 });
    expect(received).toHaveLength(2);
    expect(header(received[0]!.raw, 'Message-ID')).toBe(header(received[1]!.raw, 'Message-ID'));
  });

  it('that a process died over is taken by another after a while, not at once', async () => {
    await write(letter());
    await sql`update mail set attempts = 1, next_time = now() + interval '2 minutes'`.execute(database.sql);
    await send();
    expect(received).toEqual([]);
    await later();
    await send();
    expect(received).toHaveLength(1);
  });

  it('stays where administrators see it when there is no server, until one of them sends it', async () => {
    await write(letter());
    await sendDue(database, openTransport(''), OPTIONS);
    const [kept] = await mails();
    expect(kept).toMatchObject({ state: 'MAIL_STATE_KEPT', error: 'NO_MAIL_SERVER' });
    await send();
    expect(received).toEqual([]);
    await handlers().resendMail({ service: 'ticket', id: kept!.id }, NOBODY);
    await expect(handlers().resendMail({ service: 'ticket', id: kept!.id }, NOBODY)).rejects.toMatchObject({
      reason: 'MAIL_ON_ITS_WAY',
    });
    await send();
    expect(received).toHaveLength(1);
  });

  it('is not sent to an address that got twenty within an hour', async () => {
    await write(...Array.from({ length: 25 }, () => letter()));
    await send();
    expect(received).toHaveLength(20);
    const kept = await handlers().listMails({ ...PAGE, state: 'MAIL_STATE_KEPT', pageSize: 3 }, NOBODY);
    expect(kept.mails.map(({ error }) => error)).toEqual(Array(3).fill('TOO_MANY_IN_AN_HOUR'));
    const rest = await handlers().listMails(
      { ...PAGE, state: 'MAIL_STATE_KEPT', pageToken: kept.nextPageToken },
      NOBODY,
    );
    expect(rest.mails).toHaveLength(2);
  });
});
