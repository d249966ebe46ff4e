import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tailOf } from '../../deploy/local/logs.ts';
import type { Mesh } from '../../deploy/local/mesh.ts';
import { anyFreeBasePort } from '../../deploy/local/ports.ts';
import { probe } from '../../deploy/local/probe.ts';
import type { ProcessDefinition } from '../../deploy/local/processes.ts';
import { webBuildFolder } from '../../deploy/local/web-build.ts';
import { balance, type Balancer } from './balance.ts';

/** As long as the balancer of the drill takes to notice, and more. */
const DRAIN_MS = 1_500;
const REPLICAS = 2;
const READY_MS = 180_000;
/** As long as the chart gives them. */
const LEAVE_MS = 75_000;
type Replica = { definition: ProcessDefinition; port: number; adminPort: number; child?: ChildProcess };

export type Replicas = {
  /** The address for browsers. */
  base: string;
  /** Addresses of the services by process, both replicas of each. */
  addresses: Record<string, string>;
  /** Replaces every replica of a process by one of this code, one after the other. */
  replace: (name: string, root: string) => Promise<void>;
  /** Runs a process of this code with --migrate. */
  migrate: (name: string, root: string) => Promise<void>;
  stop: () => Promise<void>;
};

const runs = async (url: string, child: ChildProcess, log: string): Promise<void> => {
  for (const until = Date.now() + READY_MS; Date.now() < until; await sleep(50)) {
    if ((await probe(url)) === 200) return;
    if (child.exitCode !== null) break;
  }
  throw new Error(`${url} did not answer with 200 (${child.exitCode ?? 'it runs'}):\n${tailOf(log)}`);
};

/** Two replicas of each of these processes, in place of the one that the mesh runs; `root` is the code that they begin with. */
export const openReplicas = async (
  mesh: Mesh,
  definitions: ProcessDefinition[],
  root: string,
  log: string,
): Promise<Replicas> => {
  // Of those that the system does not hand out: a replica that comes back finds its own port free.
  let next = await anyFreeBasePort();
  const replicas: Replica[] = definitions.flatMap((definition) =>
    Array.from({ length: REPLICAS }, () => ({ definition, port: next++, adminPort: next++ })),
  );
  const of = (name: string) => replicas.filter(({ definition }) => definition.name === name);
  const addresses = Object.fromEntries(
    definitions
      .filter(({ speaks }) => speaks === 'grpc')
      .map(({ name }) => [
        `${name.toUpperCase()}_ADDRESS`,
        `ipv4:${of(name)
          .map(({ port }) => `127.0.0.1:${port}`)
          .join(',')}`,
      ]),
  );
  const balancers = new Map<string, Balancer>();

  const environment = ({ definition, port, adminPort }: Replica): Record<string, string> => {
    const { PELAGIC_SUPERVISED: _alone, ...own } = mesh.environment(definition.name);
    const web = balancers.get('web');
    return {
      ...own,
      ...addresses,
      ...(definition.speaks === 'grpc' ? { GRPC_PORT: String(port) } : { PORT: String(port) }),
      ...(definition.hasAdmin && { ADMIN_PORT: String(adminPort), DRAIN_MS: String(DRAIN_MS) }),
      ...(web && { WEB_ADDRESS: web.address }),
    };
  };
  const run = (replica: Replica, code: string, ...args: string[]): ChildProcess => {
    const { name, entry } = replica.definition;
    const file = name === 'web' ? join(webBuildFolder(), entry) : join(code, entry);
    const output = openSync(log, 'a');
    const flags = ['--disable-warning=ExperimentalWarning'];
    const options = { cwd: code, env: environment(replica), stdio: ['ignore', output, output] as never };
    const child = spawn(process.execPath, [...flags, file, ...args], options);
    closeSync(output);
    return child;
  };
  const readyUrl = ({ definition, port, adminPort }: Replica): string =>
    definition.hasAdmin ? `http://127.0.0.1:${adminPort}/readyz` : `http://127.0.0.1:${port}/`;

  const begin = async (replica: Replica, code: string): Promise<void> => {
    replica.child = run(replica, code);
    await runs(readyUrl(replica), replica.child, log);
    await balancers.get(replica.definition.name)?.take(`127.0.0.1:${replica.port}`);
  };
  const end = async ({ definition, port, child }: Replica): Promise<void> => {
    if (!child || child.exitCode !== null) return;
    const balancer = balancers.get(definition.name);
    // What has no admin port does not say that it is about to leave: the chart lets it sleep before it is told to.
    if (!definition.hasAdmin && balancer) {
      balancer.leave(`127.0.0.1:${port}`);
      await sleep(DRAIN_MS);
    }
    const left = once(child, 'exit', { signal: AbortSignal.timeout(LEAVE_MS) }).catch(() => [undefined]);
    child.kill('SIGTERM');
    const [code] = (await left) as [number | null | undefined];
    appendFileSync(log, `${definition.name} on ${port} left with ${code}\n`);
    if (code !== 0) throw new Error(`${definition.name} on ${port} left with ${code}:\n${tailOf(log)}`);
  };
  const balanced = async (name: string) => {
    const places = of(name).map((replica) => ({ address: `127.0.0.1:${replica.port}`, readyUrl: readyUrl(replica) }));
    balancers.set(name, await balance(places));
  };

  const stop = async (): Promise<void> => {
    for (const { child } of replicas) child?.kill('SIGKILL');
    for (const balancer of balancers.values()) await balancer.close();
  };

  // Pages first: the gateway is told where they are.
  const inOrder = definitions.toSorted((one, other) => Number(other.name === 'web') - Number(one.name === 'web'));
  try {
    for (const { name } of inOrder) {
      await Promise.all(of(name).map((replica) => begin(replica, root)));
      if (name === 'web' || name === 'gateway') await balanced(name);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    base: `http://${balancers.get('gateway')!.address}`,
    addresses,
    replace: async (name, code) => {
      for (const replica of of(name)) {
        await end(replica);
        await begin(replica, code);
      }
    },
    migrate: async (name, code) => {
      const [replica] = of(name);
      const [exit] = (await once(run({ ...replica!, adminPort: 0 }, code, '--migrate'), 'exit')) as [number | null];
      if (exit !== 0) throw new Error(`${name} could not make its tables (${exit}).`);
    },
    stop,
  };
};
