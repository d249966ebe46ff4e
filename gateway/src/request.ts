import type { FastifyRequest } from 'fastify';
import type { SignedIn } from './session/authenticator.ts';
import type { Credential } from './session/credential.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** 32 hex digits, on every answer and in every problem. */
    traceId: string;
    credential: Credential | null;
    /** Set for routes whose audience is `signedIn`. */
    signedIn: SignedIn | null;
  }
  interface FastifyContextConfig {
    /** Who is let in; what they may do is the service's to say. */
    audience?: 'public' | 'signedIn' | 'inPerson';
    /** Request field that the body is: field errors are named without it. */
    bodyField?: string;
    /** API keys also come as clients of ClickHouse send passwords. */
    clickhouse?: boolean;
  }
}

/** Address of the caller's machine; IPv4 as such, also where the server listens on IPv6. */
export const addressOf = ({ ip }: FastifyRequest): string => ip.replace(/^::ffff:(?=\d+\.)/i, '');
