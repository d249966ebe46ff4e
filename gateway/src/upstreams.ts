import { closeChannels, connect } from '@pelagic/chassis/client';
import { Problem } from '@pelagic/chassis/problem';
import type { Part } from '@pelagic/chassis/service';
import type { Rpc } from '@pelagic/proto/contract';
import { registry } from '@pelagic/proto/registry';
import { services } from '@pelagic/proto/services';
import { OWNERS } from './config.ts';

type Json = Record<string, unknown>;
type Unary = (message: unknown, options?: { timeoutMs?: number }) => Promise<unknown>;

/** The services behind the gateway. */
export type Upstreams = {
  /**
   * Calls a unary rpc with a request as proto3-JSON, which must be valid; answers proto3-JSON. Caller, deadline and
   * trace are those of the context. Throws what the service answers, NOT_FOUND when the request names a service that
   * does not have the rpc, UNAVAILABLE when the service has no address.
   */
  call: (rpc: Rpc, request: Json) => Promise<Json>;
  /** Where an rpc is answered; `service` names which of its hosts when it is mounted. */
  addressOf: (rpc: Rpc, service: string) => string;
};

const noSuchService = (service: string): Problem =>
  new Problem('NOT_FOUND', 'NO_SUCH_SERVICE', `There is no service ${service} with this.`, { params: { service } });

/** A host that lacks a capability answers UNIMPLEMENTED; to the caller its path does not exist. */
export const refuseMissing =
  (rpc: Rpc, service: string) =>
  (error: unknown): never => {
    const missing = rpc.access.mounted && error instanceof Problem && error.code === 'UNIMPLEMENTED';
    throw missing ? noSuchService(service) : error;
  };

export const openUpstreams = (addresses: ReadonlyMap<string, string>): Upstreams => {
  const connections = new Map<string, Record<string, Unary>>();

  const addressOf = (rpc: Rpc, service: string): string => {
    const owner = rpc.access.mounted ? service : rpc.owner;
    if (!OWNERS.includes(owner)) throw noSuchService(owner);
    const address = addresses.get(owner);
    if (!address)
      throw new Problem('UNAVAILABLE', 'SERVICE_ABSENT', `The service ${owner} is not part of this installation.`, {
        params: { service: owner },
      });
    return address;
  };

  const unary = (rpc: Rpc, service: string): Unary => {
    const address = addressOf(rpc, service);
    const key = `${rpc.service}@${address}`;
    let connection = connections.get(key);
    if (!connection) {
      connection = connect(services.get(rpc.service)!, address) as unknown as Record<string, Unary>;
      connections.set(key, connection);
    }
    return connection[rpc.method.charAt(0).toLowerCase() + rpc.method.slice(1)]!;
  };

  return {
    addressOf,
    call: async (rpc, request) => {
      const service = String(request['service'] ?? '');
      const message = registry.get(rpc.request)!.fromJSON(request);
      const answer = await unary(rpc, service)(message).catch(refuseMissing(rpc, service));
      return registry.get(rpc.response)!.toJSON(answer) as Json;
    },
  };
};

/** Closes the connections after everything that may use them has stopped. */
export const upstreamConnections: Part = {
  name: 'upstreams',
  start: async () => {},
  stop: async () => closeChannels(),
};
