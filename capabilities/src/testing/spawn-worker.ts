import { spawn } from 'node:child_process';

/** A service in a process of its own (`worker.ts`), to be killed; `gone` resolves with the signal that ended it. */
export const spawnWorker = (environment: NodeJS.ProcessEnv) => {
  const child = spawn(process.execPath, [new URL('worker.ts', import.meta.url).pathname], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const gone = new Promise<string | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  return { kill: () => child.kill('SIGKILL'), gone };
};
