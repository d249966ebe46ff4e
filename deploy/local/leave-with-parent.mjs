// Preloaded into every Node process that the supervisor starts. The supervisor holds the other end of stdin: when it ends,
// even by SIGKILL, the pipe closes and the process stops as if it had been told to, so that no orphan stays.
import process from 'node:process';

const GRACE_MS = 10_000;

if (process.env['PELAGIC_SUPERVISED'] === '1') {
  process.stdin.on('error', leave).on('end', leave).resume();
  /** @type {{ unref?: () => void }} */ (process.stdin).unref?.();
}

function leave() {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(1), GRACE_MS).unref();
}
