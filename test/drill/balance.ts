import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { probe } from '../../deploy/local/probe.ts';

const LOOK_MS = 200;

type Target = { address: string; ready: () => Promise<boolean>; takes: boolean };

export type Balancer = {
  address: string;
  /** Sends nothing there any more, as when a pod is about to leave; back with `true`, once it is ready. */
  use: (address: string, wanted: boolean) => void;
  close: () => Promise<void>;
};

/**
 * A balancer as stands before the replicas on Kubernetes: goes round those that are ready, over connections that stay open,
 * and repeats nothing. What breaks on the way is answered with 502.
 */
export const balance = async (places: { address: string; readyUrl: string }[]): Promise<Balancer> => {
  const agent = new Agent({ keepAlive: true });
  const unwanted = new Set<string>();
  const targets: Target[] = places.map(({ address, readyUrl }) => ({
    address,
    ready: async () => (await probe(readyUrl)) === 200,
    takes: false,
  }));
  const look = async () => {
    for (const target of targets) target.takes = !unwanted.has(target.address) && (await target.ready());
  };
  await look();
  const looking = setInterval(() => void look(), LOOK_MS);
  let turn = 0;
  const next = (): Target | undefined => {
    const open = targets.filter(({ takes, address }) => takes && !unwanted.has(address));
    return open[(turn += 1) % open.length];
  };
  const server = createServer((incoming, answer) => {
    const target = next();
    if (!target) return answer.writeHead(502).end('nobody is ready');
    const [host, port] = target.address.split(':');
    const { method, url: path, headers } = incoming;
    const outgoing = request({ host, port, method, path, headers, agent }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    outgoing.on('error', (error) => {
      if (!answer.headersSent) answer.writeHead(502).end(`${target.address}: ${error.message}`);
      else answer.destroy(error);
    });
    incoming.pipe(outgoing);
    return undefined;
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    use: (address, wanted) => void (wanted ? unwanted.delete(address) : unwanted.add(address)),
    close: async () => {
      clearInterval(looking);
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
