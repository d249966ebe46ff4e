import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readAllowed } from '@pelagic/capabilities/disclosure/receiver';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPost } from './post.ts';

let server: Server;
let port: number;
let answer: (response: ServerResponse) => unknown;
let asked = 0;
beforeAll(async () => {
  server = createServer((request, response) => {
    asked += 1;
    request.resume().on('end', () => answer(response));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const never = new AbortController().signal;
const local = openPost({ allowed: readAllowed('127.0.0.1'), timeoutMs: 500 });
const send = (url = `http://127.0.0.1:${port}/`) => local.post(url, { 'content-type': 'text/plain' }, 'body', never);

describe('a post', () => {
  it('tells what was answered, and reads no more than a beginning', async () => {
    answer = (response) => response.writeHead(500, { 'retry-after': '120' }).end(`no\u0000${'坏'.repeat(100_000)}`);
    const told = await send();
    expect(told).toMatchObject({ status: 500, problem: '', retryAfter: 120 });
    expect(told.answer).toMatch(/^no坏+…?$/);
    expect([...told.answer].length).toBeLessThanOrEqual(500);
    answer = (response) =>
      response.writeHead(503, { 'retry-after': new Date(Date.now() + 90_000).toUTCString() }).end();
    expect((await send()).retryAfter).toBeGreaterThan(80);
    answer = (response) => response.writeHead(429, { 'retry-after': 'soon' }).end();
    expect((await send()).retryAfter).toBe(0);
  });

  it('follows nothing, waits for nothing, and takes a status without its body', async () => {
    asked = 0;
    answer = (response) => response.writeHead(302, { location: `http://127.0.0.1:${port}/elsewhere` }).end();
    expect(await send()).toMatchObject({ status: 302 });
    expect(asked).toBe(1);
    answer = () => {};
    expect(await send()).toMatchObject({ status: 0, problem: 'TIMEOUT' });
    answer = (response) => response.writeHead(200, { 'content-length': '10' }).write('half');
    expect(await send()).toMatchObject({ status: 200 });
    answer = (response) => response.destroy();
    expect(await send()).toMatchObject({ status: 0, problem: 'ECONNRESET' });
  });

  it('reaches nothing of the own network, by address or by name', async () => {
    asked = 0;
    const closed = openPost({ allowed: readAllowed('receiver.example'), timeoutMs: 500 });
    const to = (url: string) => closed.post(url, {}, '', never);
    for (const url of [
      `http://127.0.0.1:${port}/`,
      `https://127.0.0.1:${port}/`,
      `https://localhost:${port}/`,
      'https://169.254.169.254/',
    ])
      expect(await to(url)).toMatchObject({ status: 0, problem: 'ADDRESS_REFUSED' });
    expect(asked).toBe(0);
  });

  it('judges what is connected to, and not what the name said before', async () => {
    asked = 0;
    answer = (response) => response.writeHead(204).end();
    let says = '127.0.0.1';
    const led = openPost({
      allowed: readAllowed(''),
      timeoutMs: 500,
      resolve: (_name, _options, callback) => callback(null, [{ address: says, family: 4 }]),
    });
    expect(await led.post(`https://rebound.example:${port}/`, {}, '', never)).toMatchObject({
      problem: 'ADDRESS_REFUSED',
    });
    const named = openPost({
      allowed: readAllowed('own.example'),
      timeoutMs: 500,
      resolve: (_name, _options, callback) => callback(null, [{ address: says, family: 4 }]),
    });
    expect(await named.post(`http://own.example:${port}/`, {}, '', never)).toMatchObject({ status: 204 });
    says = '10.255.255.1';
    expect(await led.post('https://rebound.example/', {}, '', never)).toMatchObject({ problem: 'ADDRESS_REFUSED' });
    expect(asked).toBe(1);
  });

  it('goes again over a new connection when the other side closed an idle one', async () => {
    answer = (response) => response.writeHead(204).end();
    expect(await send()).toMatchObject({ status: 204 });
    server.closeIdleConnections();
    expect(await send()).toMatchObject({ status: 204 });
  });

  it('ends when it is to stop', async () => {
    answer = () => {};
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const { durationMs, status } = await local.post(`http://127.0.0.1:${port}/`, {}, '', stop.signal);
    expect(status).toBe(0);
    expect(durationMs).toBeLessThan(400);
  });
});
