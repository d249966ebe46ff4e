import type { FastifyReply, FastifyRequest } from 'fastify';

export type SessionCookie = {
  read: (request: FastifyRequest) => string | undefined;
  set: (reply: FastifyReply, token: string, expires: Date) => void;
  clear: (reply: FastifyReply) => void;
};

/**
 * Over https the name's prefix makes browsers insist on Secure, this host only and Path=/. Without, the port is in the name:
 * cookies do not know ports, and two copies on one machine would sign each other's people out.
 */
export const sessionCookie = ({ protocol, port }: URL): SessionCookie => {
  const https = protocol === 'https:';
  const name = https ? '__Host-pelagic' : ['pelagic', port].filter(Boolean).join('-');
  const options = { httpOnly: true, sameSite: 'lax', path: '/', secure: https } as const;
  return {
    read: (request) => request.cookies[name],
    set: (reply, token, expires) => void reply.setCookie(name, token, { ...options, expires }),
    clear: (reply) => void reply.clearCookie(name, options),
  };
};
