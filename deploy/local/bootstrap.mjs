// Runs under any Node from 20 on and without packages: installs them when needed, then hands over to the Node that came with
// them. `node deploy/local/bootstrap.mjs start|reset [options]`.
import { existsSync, readdirSync, statSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { localNode, root, run, topProcess } from './foreground.mjs';
import { settlePackages } from './packages.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const startedAt = Number(process.env['PELAGIC_STARTED_AT'] ?? Date.now());
const [command = 'start', ...args] = process.argv.slice(2);
process.exit(await main());

async function main() {
  const packages = await settlePackages();
  if (packages === 'failed') return 1;
  const handedOver = process.env['PELAGIC_TOP_PROCESS'] !== undefined;
  // The very program already: a second process would only cost memory.
  const isLocal = packages === 'there' && process.execPath === join(root, 'node_modules', 'node', 'bin', 'node');
  if (!handedOver && !isLocal) {
    const again = ['--disable-warning=ExperimentalWarning', fileURLToPath(import.meta.url), command, ...args];
    return run(localNode, again, { PELAGIC_STARTED_AT: String(startedAt) });
  }
  process.env['PELAGIC_TOP_PROCESS'] ??= topProcess();
  await compile();
  return (await import(`./${command}.ts`)).main(args, startedAt);
}

/** What takes the types out of code stays in the memory of who loaded it: so another process does that, once, and ends. */
async function compile() {
  const state = Math.max(
    ...readdirSync(here, { recursive: true }).map((name) => statSync(join(here, String(name))).mtimeMs),
  );
  const cache = join(root, 'node_modules', '.cache', 'start', String(state));
  const code = new URL(`./${command}.ts`, import.meta.url).href;
  if (!existsSync(cache)) await run(localNode, ['--import', code, '--eval', ''], { NODE_COMPILE_CACHE: cache });
  module.enableCompileCache(cache);
}
