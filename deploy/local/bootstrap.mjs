// Runs under any Node from 20 on and without packages: installs them when needed, then hands over to the Node that came with
// them. `node deploy/local/bootstrap.mjs start|reset [options]`.
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { localNode, root, run, topProcess } from './foreground.mjs';
import { settlePackages } from './packages.mjs';

const startedAt = Date.now();
const [command = 'start', ...args] = process.argv.slice(2);
process.exit(await main());

async function main() {
  const packages = await settlePackages();
  if (packages === 'failed') return 1;
  // The very program already: a second process would only cost memory.
  if (packages === 'there' && process.execPath === join(root, 'node_modules', 'node', 'bin', 'node')) {
    process.env['PELAGIC_TOP_PROCESS'] = topProcess();
    return (await import(`./${command}.ts`)).main(args, startedAt);
  }
  const handOver = fileURLToPath(new URL('hand-over.ts', import.meta.url));
  return run(localNode, ['--disable-warning=ExperimentalWarning', handOver, command, String(startedAt), ...args]);
}
