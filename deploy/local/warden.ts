import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/**
 * Waits for its stdin to close, then ends the engines, after giving the services time to go first. It reads the pid files at
 * once: a moment later they may name the engines of the next start.
 */
const SCRIPT = 'cat; pids=$(for file in "$@"; do head -n 1 "$file"; done); sleep 3; kill -INT $pids';

/**
 * A shell that outlives this process just long enough to end the engines when it is killed. PostgreSQL and nats-server do
 * not watch their stdin as the Node processes do.
 */
export function postWarden(pidFiles: string[]): { dismiss(): void } {
  const warden = spawn('sh', ['-c', SCRIPT, 'pelagic-warden', ...pidFiles], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  warden.unref();
  (warden.stdin as Socket).unref(); // it must not keep this process going either
  warden.on('error', () => {}); // without a shell, the next start cleans up
  return { dismiss: () => void warden.kill('SIGKILL') };
}
