import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Something that was posted, as it arrived. */
export type Posted = {
  headers: IncomingHttpHeaders;
  body: string;
  event: { id: string; type: string; subject?: string; sequence?: string; data: any };
  at: number;
};
type Answer = number | ((response: ServerResponse) => unknown);

export type Receiver = {
  url: string;
  posted: Posted[];
  /** What it answers from now on. */
  answer: (to: (posted: Posted) => Answer) => void;
  close: () => Promise<void>;
};

/** A system outside that is posted to, on a port of this machine. */
export const openReceiver = async (): Promise<Receiver> => {
  const posted: Posted[] = [];
  let answerTo: (posted: Posted) => Answer = () => 204;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const one: Posted = { headers: request.headers, body, event: JSON.parse(body), at: Date.now() };
      posted.push(one);
      const answer = answerTo(one);
      if (typeof answer === 'number') response.writeHead(answer).end(answer >= 400 ? 'not now' : '');
      else answer(response);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    posted,
    answer: (to) => void (answerTo = to),
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
};
