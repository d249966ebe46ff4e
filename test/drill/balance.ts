import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { probe } from '../../deploy/local/probe.ts';

const LOOK_MS = 200;

type Target = { address: string; ready: () => Promise<boolean>; takes: boolean };

export type Balancer = {
  address: string;
  /** Sends nothing there any more, as when a pod is about to leave. */
  leave: (address: string) => void;
  /** Resolves when it sends there again: what is ready is not found to be in the same moment. */
  take: (address: string) => Promise<void>;
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
  const look = () =>
    Promise.all(
      targets.map(async (target) => {
        target.takes = (await target.ready()) && !unwanted.has(target.address);
      }),
    );
  await look();
  let open = true;
  // One look after the other: what an older one saw must not count for what a newer one did.
  const looking = (async () => {
    for (; open; await sleep(LOOK_MS)) await look();
  })();
  let turn = 0;
  const next = (): Target | undefined => {
    const taking = targets.filter(({ takes, address }) => takes && !unwanted.has(address));
    return taking[(turn += 1) % taking.length];
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
    leave: (address) => void unwanted.add(address),
    take: async (address) => {
      unwanted.delete(address);
      while (!targets.find((target) => target.address === address)!.takes) await sleep(LOOK_MS / 4);
    },
    close: async () => {
      open = false;
      await looking;
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
