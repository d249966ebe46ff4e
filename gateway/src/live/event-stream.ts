import type { FastifyReply } from 'fastify';

const HEARTBEAT_MS = 15_000;
/** When a stream ends by itself, browsers come back after about this long. */
const RETRY_MS = 2_000;
/** At a restart they come back spread over this long. */
const RETURN_WITHIN_MS = 4_000;
/** A reader that leaves this much unread is cut off, and learns by coming back that it missed something. */
const UNREAD_MAX = 256 * 1_024;

/** A reader that does not take the end is not waited for. */
const LAST_WORDS_MS = 1_000;

/** What a browser is told: a record changed, or is out of its sight. */
export type Notice = { noun: string; id: string; version: number } | { noun: string; id: string; gone: true };

/** One open text/event-stream. */
export type EventStream = {
  tell: (notices: Notice[]) => void;
  /** Anything may have changed. */
  tellMissed: () => void;
  /** `restart`: everybody leaves at once, so everybody is told another moment to come back. */
  end: (restart?: boolean) => void;
};

/** Takes the answer out of Fastify's hands and writes to it until either side ends. */
export const openEventStream = (reply: FastifyReply, closed: () => void): EventStream => {
  reply.hijack();
  const { raw } = reply;
  const headers = Object.fromEntries(Object.entries(reply.getHeaders()).filter(([, value]) => value !== undefined));
  raw.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'x-accel-buffering': 'no',
  } as Record<string, string>);
  const write = (text: string): void => {
    if (raw.writableEnded || raw.destroyed) return;
    raw.write(text);
    if (raw.writableLength > UNREAD_MAX) raw.destroy();
  };
  const heartbeat = setInterval(() => write(':\n\n'), HEARTBEAT_MS);
  raw.once('close', () => {
    clearInterval(heartbeat);
    closed();
  });
  write(`retry: ${RETRY_MS}\n\n`);
  return {
    tell: (notices) => write(notices.map((notice) => `data: ${JSON.stringify(notice)}\n\n`).join('')),
    tellMissed: () => write('event: resync\ndata: {}\n\n'),
    end: (restart = false) => {
      if (restart) write(`retry: ${Math.ceil(500 + Math.random() * RETURN_WITHIN_MS)}\n\n`);
      raw.end();
      setTimeout(() => raw.destroy(), LAST_WORDS_MS).unref();
    },
  };
};
