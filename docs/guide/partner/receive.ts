/** Takes what a Pelagic posts. npm install standardwebhooks */
import { createServer, type Server } from 'node:http';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';

/** CloudEvents as they are posted; `sequence` is the version of the record `subject`. */
export type Posted = {
  id: string;
  type: string;
  subject?: string;
  sequence?: string;
  data: Record<string, unknown>;
};

export type Copy = {
  /** Another policy holds: everything comes again, and what was kept may be more than you may see now. */
  begin: (generation: number) => Promise<void>;
  /** Keep it when its version is newer than the one you have; it may come twice. */
  apply: (event: Posted) => Promise<void>;
};

const BODY_MAX = 2 * 1024 * 1024;

/** A server on a port that takes what is signed with the secret, and nothing else. Put TLS before it. */
export const receive = (port: number, secret: string, copy: Copy): Server => {
  const webhook = new Webhook(secret);
  const take = async (body: string, headers: Record<string, string>): Promise<void> => {
    // Over the bytes as they came: parsed and written again they have another signature.
    const event = webhook.verify(body, headers) as Posted;
    if (event.type === 'pelagic.webhook.begun.v1') await copy.begin(event.data['generation'] as number);
    else if (event.subject) await copy.apply(event);
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if ((size += chunk.length) > BODY_MAX) request.destroy();
    });
    request.on('end', () => {
      // Answered only when it is kept: what is not answered with 2xx comes again.
      take(Buffer.concat(chunks).toString(), request.headers as Record<string, string>).then(
        () => response.writeHead(204).end(),
        (error: unknown) => response.writeHead(error instanceof WebhookVerificationError ? 401 : 500).end(),
      );
    });
  });
  return server.listen(port, '127.0.0.1');
};
