import type { AddressInfo } from 'node:net';
import { readConfig } from '@pelagic/chassis/config';
import { createLog } from '@pelagic/chassis/log';
import { SETTINGS, type GatewayConfig } from '../config.ts';
import { buildGateway } from '../gateway.ts';
import { openLive, type Live } from '../live/live.ts';
import { openAuthenticator } from '../session/authenticator.ts';
import { openUpstreams } from '../upstreams.ts';

export const quietLog = createLog('test', process.env['TEST_LOG_LEVEL'] ?? 'silent');

export type TestGateway = {
  url: string;
  live: Live;
  /** A request to the gateway with a session's cookie or an API key. */
  ask: (method: string, path: string, options?: Ask) => Promise<Answer>;
  stop: () => Promise<void>;
};

export type Ask = { as?: string; json?: unknown; body?: RequestInit['body']; headers?: Record<string, string> };
export type Answer = { status: number; headers: Headers; text: string; json: any };

/** The gateway itself, listening, before these services. */
export const startGateway = async (
  addresses: Record<string, string>,
  settings: Record<string, string> = {},
): Promise<TestGateway> => {
  const environment = {
    PORT: '0',
    PUBLIC_URL: 'http://localhost:7300',
    NATS_URL: 'none',
    NATS_USER: 'gateway',
    NATS_PASSWORD: 'none',
    ...settings,
  };
  const config: GatewayConfig = readConfig(SETTINGS, environment);
  const upstreams = openUpstreams(new Map(Object.entries(addresses)));
  const authenticator = openAuthenticator(upstreams);
  const live = openLive({ upstreams, authenticator });
  const app = await buildGateway({ config, log: quietLog, upstreams, authenticator, live });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return {
    url,
    live,
    ask: async (method, path, { as, json, body, headers = {} } = {}) => {
      const credential: Record<string, string> = !as
        ? {}
        : as.startsWith('plg_')
          ? { authorization: `Bearer ${as}` }
          : { cookie: `pelagic-7300=${as}` };
      const response = await fetch(url + path, {
        method,
        redirect: 'manual',
        headers: { ...(json !== undefined && { 'content-type': 'application/json' }), ...credential, ...headers },
        ...(json !== undefined ? { body: JSON.stringify(json) } : body !== undefined ? { body, duplex: 'half' } : {}),
      } as RequestInit);
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        text,
        json: response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined,
      };
    },
    stop: async () => {
      live.close();
      await app.close();
    },
  };
};
