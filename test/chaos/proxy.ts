import { createServer, Socket, type AddressInfo } from 'node:net';
import { LOOPBACK } from '../../deploy/local/ports.ts';

/** What a line does to those who talk over it. */
export type Weather =
  | { kind: 'clear' }
  /** Connections are reset, and new ones too. */
  | { kind: 'reset' }
  /** Every piece comes late; `share` of the connections, 0 to 1, are concerned. */
  | { kind: 'delay'; ms: number; share: number }
  /** Connections stand and nothing comes through, in neither direction. */
  | { kind: 'hole' }
  /** A connection is reset after so many bytes of its client. */
  | { kind: 'cut'; bytes: number };

export type Proxy = {
  port: number;
  /** What holds from now on, for the connections that stand as well. */
  set: (weather: Weather) => void;
  /** Connections that were reset so far. */
  resets: () => number;
  close: () => Promise<void>;
};

type Line = { client: Socket; server: Socket; ordinal: number; sent: number };

/** Passes on what comes from one end to the other, late when it is to be late, and in order. */
const flow = (line: Line, from: Socket, to: Socket, weather: () => Weather, onBytes: (count: number) => void): void => {
  let due = 0;
  let waiting = 0;
  const deliver = (work: () => void): void => {
    const now = weather();
    const late = now.kind === 'delay' && (line.ordinal % 100) / 100 < now.share ? now.ms : 0;
    due = Math.max(due, performance.now() + late);
    if (!waiting && due <= performance.now()) return work();
    waiting += 1;
    setTimeout(() => {
      waiting -= 1;
      work();
    }, due - performance.now());
  };
  from.on('data', (piece: Buffer) => {
    deliver(() => {
      if (to.destroyed) return;
      onBytes(piece.length);
      if (to.destroyed || to.write(piece)) return;
      from.pause();
      to.once('drain', () => weather().kind !== 'hole' && from.resume());
    });
  });
  from.on('end', () => deliver(() => to.end()));
  from.on('error', () => to.destroy());
  from.on('close', () => deliver(() => to.destroy()));
};

/** A line to `port` of this machine that can be made bad, in this process. */
export const openProxy = async (targetPort: number): Promise<Proxy> => {
  let weather: Weather = { kind: 'clear' };
  let count = 0;
  let resets = 0;
  const lines = new Set<Line>();
  const cut = (line: Line): void => {
    resets += 1;
    line.client.resetAndDestroy();
    line.server.resetAndDestroy();
  };
  const settle = (line: Line): void => {
    if (weather.kind === 'reset') cut(line);
    for (const end of [line.client, line.server]) {
      if (weather.kind === 'hole') end.pause();
      else end.resume();
    }
  };
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = new Socket();
    const line: Line = { client, server: upstream, ordinal: (count += 37), sent: 0 };
    lines.add(line);
    client.on('close', () => lines.delete(line));
    flow(
      line,
      client,
      upstream,
      () => weather,
      (bytes) => {
        line.sent += bytes;
        if (weather.kind === 'cut' && line.sent > weather.bytes) cut(line);
      },
    );
    flow(
      line,
      upstream,
      client,
      () => weather,
      () => {},
    );
    upstream.setNoDelay(true).connect(targetPort, LOOPBACK);
    settle(line);
  });
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    set: (next) => {
      weather = next;
      for (const line of lines) {
        line.sent = 0;
        settle(line);
      }
    },
    resets: () => resets,
    close: async () => {
      for (const { client, server: upstream } of lines) {
        client.destroy();
        upstream.destroy();
      }
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};
